/**
 * debug/pprof/: what Go's net/http/pprof answers, so that `go tool pprof URL` and scrapers work
 * (https://cs.opensource.google/go/go/+/master:src/net/http/pprof/pprof.go). Errors are Go's: plain text, its words, its header. Where Go
 * ignores unknown parameters and takes a wrong `seconds` for 30, both are refused: nobody wants to wait for a typing mistake.
 */

import { CaptureRefused, MAX_CAPTURE_SECONDS } from '../../capture/captures.ts';
import { findExporter } from '../../export/index.ts';
import { exportSlice } from '../../store/export-slice.ts';
import { InvalidParameter, Query } from '../query.ts';
import { respond } from '../respond.ts';
import type { ApiRequest, ApiResponse } from '../types.ts';
import { captureHeap } from './captures.ts';
import type { Backend, Endpoint } from './contract.ts';
import { memoryPprof } from './memory.ts';

const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 600;
const DEFAULT_HEAP_SECONDS = 10;
const PARAMETERS = ['seconds', 'debug', 'gc'];

const PROFILES = {
  profile: 'CPU and wall time by sampling, by route: ?seconds=N, 30 without',
  heap: 'allocations and what is left of them: ?seconds=N from now on, 10 without',
  allocs: 'the same, allocations first',
} as const;

export const pprofIndexEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/',
  handle: (request) => {
    new Query(request.query, PARAMETERS);
    const rows = Object.entries(PROFILES).map(([name, doc]) => `<li><a href="${name}">${name}</a> ${doc}</li>`);
    const html = `<!DOCTYPE html>\n<html lang="en">\n<title>/debug/pprof/</title>\n<h1>/debug/pprof/</h1>\n<ul>\n${rows.join('\n')}\n</ul>\n</html>\n`;
    return respond(200, 'text/html; charset=utf-8', html);
  },
};

export const pprofProfileEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/profile',
  async handle(request, backend, signal) {
    const seconds = secondsOf(request) ?? DEFAULT_SECONDS;
    if (!(seconds >= 0)) return invalidSeconds();
    if (seconds > MAX_SECONDS) return goError(400, "profile duration exceeds server's WriteTimeout");
    const exporter = findExporter('pprof');
    if (!exporter) return goError(500, 'Could not enable CPU profiling: this build has no pprof exporter');
    if (!backend.status().sampling.recording) return goError(500, 'Could not enable CPU profiling: recording is off');
    const slice = await backend.record(seconds * 1000, signal);
    // Routes become labels: `go tool pprof -tagfocus`, and a label of the series in Pyroscope and Parca.
    return download('profile', exportSlice(exporter, slice, null, { metric: 'cpu' }));
  },
};

export const pprofHeapEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/heap',
  handle: (request, backend, signal) => heap('heap', request, backend, signal),
};

export const pprofAllocsEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/allocs',
  handle: (request, backend, signal) => heap('allocs', request, backend, signal),
};

export const pprofUnknownEndpoint: Endpoint = {
  method: 'GET',
  path: 'debug/pprof/*',
  handle: (request) => {
    new Query(request.query, PARAMETERS);
    return goError(404, 'Unknown profile');
  },
};

/** Without `seconds`, which asks Go for what is in use now, this records as well, unless allocations are sampled all the time. */
async function heap(
  name: 'heap' | 'allocs',
  request: ApiRequest,
  backend: Backend,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const given = secondsOf(request);
  const debug = new URLSearchParams(request.query).get('debug') ?? '0';
  if (debug !== '0')
    return goError(400, given === undefined ? 'debug is not supported' : 'seconds and debug params are incompatible');
  const memory = given === undefined && name === 'heap' ? await backend.memory() : null;
  if (memory) return memoryPprof(memory);
  const seconds = given ?? DEFAULT_HEAP_SECONDS;
  if (!(seconds >= 1)) return invalidSeconds();
  if (seconds > MAX_CAPTURE_SECONDS) return goError(400, "profile duration exceeds server's WriteTimeout");
  try {
    const body = await captureHeap(backend, seconds, signal, name === 'allocs' ? 'alloc_space' : 'inuse_space');
    return download(given === undefined ? name : `${name}-delta`, body);
  } catch (error) {
    if (error instanceof CaptureRefused) return goError(error.status, error.message);
    if (error instanceof InvalidParameter) return goError(409, error.message);
    throw error;
  }
}

/** @returns NaN for what is no number, undefined where none is given */
function secondsOf({ query }: ApiRequest): number | undefined {
  const text = new Query(query, PARAMETERS).text('seconds');
  if (text === undefined) return undefined;
  return /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function download(name: string, body: Uint8Array): ApiResponse {
  return respond(200, 'application/octet-stream', body, { 'content-disposition': `attachment; filename="${name}"` });
}

function invalidSeconds(): ApiResponse {
  return goError(400, 'invalid value for "seconds" - must be a positive integer');
}

function goError(status: number, message: string): ApiResponse {
  return respond(status, 'text/plain; charset=utf-8', `${message}\n`, { 'x-go-pprof': '1' });
}
