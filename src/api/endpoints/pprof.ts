/** debug/pprof/: what Go's net/http/pprof answers, so that `go tool pprof URL` and scrapers work (https://pkg.go.dev/net/http/pprof). */

import { MAX_CAPTURE_SECONDS } from '../../capture/captures.ts';
import { findExporter } from '../../export/index.ts';
import { sliceProfile } from '../../store/slice-profile.ts';
import { InvalidParameter, Query } from '../query.ts';
import { respond, text } from '../respond.ts';
import { answerRefusal, captureHeap } from './captures.ts';
import type { Endpoint } from './contract.ts';
import { memoryPprof } from './memory.ts';

const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 600;
const DEFAULT_HEAP_SECONDS = 10;

export const pprofIndexEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/',
  handle: () =>
    text(
      '/debug/pprof/\n\nprofile?seconds=N  CPU and wall time by sampling, gzipped profile.proto\nheap?seconds=N     allocations and what is left of them, of so long from now on\n',
    ),
};

export const pprofProfileEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/profile',
  async handle(request, backend, signal) {
    const query = new Query(request.query, ['seconds', 'debug']);
    const seconds = query.number('seconds', 0, MAX_SECONDS) ?? DEFAULT_SECONDS;
    const exporter = findExporter('pprof');
    if (!exporter) throw new InvalidParameter('this build has no pprof exporter');
    const slice = await backend.record(seconds * 1000, signal);
    const body = exporter.encode(sliceProfile(slice, null), { metric: 'cpu' });
    return respond(200, 'application/octet-stream', body, { 'content-disposition': 'attachment; filename="profile"' });
  },
};

/** Without `seconds`, which asks Go for what is in use now, this records as well, unless allocations are sampled all the time. */
export const pprofHeapEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/heap',
  async handle(request, backend, signal) {
    const query = new Query(request.query, ['seconds', 'debug', 'gc']);
    const asked = query.number('seconds', 1, MAX_CAPTURE_SECONDS);
    const memory = asked === undefined ? await backend.memory() : null;
    if (memory) return memoryPprof(memory);
    const seconds = asked ?? DEFAULT_HEAP_SECONDS;
    return answerRefusal(() => captureHeap(backend, seconds, signal));
  },
};
