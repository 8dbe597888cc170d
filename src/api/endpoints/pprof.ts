/** debug/pprof/: what Go's net/http/pprof answers, so that `go tool pprof URL` and scrapers work (https://pkg.go.dev/net/http/pprof). */

import { findExporter } from '../../export/index.ts';
import { selectRoutes } from '../../profile/by-route.ts';
import { InvalidParameter, Query } from '../query.ts';
import { respond, text } from '../respond.ts';
import type { Endpoint } from './contract.ts';

const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 600;

export const pprofIndexEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/',
  handle: () => text('/debug/pprof/\n\nprofile?seconds=N  CPU and wall time by sampling, gzipped profile.proto\n'),
};

export const pprofProfileEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/profile',
  async handle(request, backend, signal) {
    const query = new Query(request.query, ['seconds', 'debug']);
    const seconds = query.number('seconds', 0, MAX_SECONDS) ?? DEFAULT_SECONDS;
    const exporter = findExporter('pprof');
    if (!exporter) throw new InvalidParameter('this build has no pprof exporter');
    const { tree } = await backend.record(seconds * 1000, signal);
    const body = exporter.encode(selectRoutes(tree, null, tree.requests), { metric: 'cpu' });
    return respond(200, 'application/octet-stream', body, { 'content-disposition': 'attachment; filename="profile"' });
  },
};
