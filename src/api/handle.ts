/** Answers one API request: finds its endpoint, checks who may change things, turns errors into 4xx and 5xx JSON. */

import { assetResponse } from './assets.ts';
import type { Backend } from './endpoints/contract.ts';
import { endpoints } from './endpoints/index.ts';
import { InvalidParameter } from './query.ts';
import { compress, failure } from './respond.ts';
import { ACTION_HEADER, type ApiRequest, type ApiResponse, MAX_BODY_BYTES } from './types.ts';
import { wantsPage } from './wants-page.ts';

export async function handleApiRequest(
  request: ApiRequest,
  backend: Backend,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const response = await answer(request, backend, signal);
  return compress(request.method === 'HEAD' ? { ...response, body: '' } : response, request.headers['accept-encoding']);
}

async function answer(request: ApiRequest, backend: Backend, signal: AbortSignal): Promise<ApiResponse> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const matching = endpoints.filter(({ path }) => isAt(path, request.path));
  const asset = backend.assets.get(request.path);
  if (asset && method === 'GET' && (request.path !== '' || wantsPage(request.headers.accept)))
    return assetResponse(asset, request);
  if (matching.length === 0) return failure(404, 'PROFILER_E_NOT_FOUND', 'there is no such page');
  const endpoint = matching.find((candidate) => candidate.method === method);
  if (!endpoint) {
    const allowed = matching.map((candidate) => candidate.method).join(', ');
    return failure(405, 'PROFILER_E_METHOD', `use ${allowed}`, { allow: allowed });
  }
  if (method === 'POST') {
    const foreign = foreignOrigin(request);
    if (foreign !== null) return failure(403, 'PROFILER_E_ORIGIN', foreign);
    if (Buffer.byteLength(request.body) > MAX_BODY_BYTES)
      return failure(413, 'PROFILER_E_BODY', `a body has at most ${MAX_BODY_BYTES} bytes`);
  }
  try {
    return await endpoint.handle(request, backend, signal);
  } catch (error) {
    if (error instanceof InvalidParameter) return failure(400, 'PROFILER_E_PARAMETER', error.message);
    return failure(500, 'PROFILER_E_INTERNAL', error instanceof Error ? error.message : String(error));
  }
}

function isAt(endpointPath: string, path: string): boolean {
  return endpointPath.endsWith('/*') ? path.startsWith(endpointPath.slice(0, -1)) : path === endpointPath;
}

/**
 * Browsers say where a request comes from: in a header that decides alone, for a proxy leaves it as it is, or in an older one, which
 * holds only where no proxy rewrote the host. Programs say nothing, but must send our header as well.
 * @returns why the request is none of the page's own, null where it is
 */
function foreignOrigin({ headers }: ApiRequest): string | null {
  if (headers[ACTION_HEADER] === undefined) return `actions need the header ${ACTION_HEADER}: 1`;
  const site = headers['sec-fetch-site'];
  if (site !== undefined)
    return site === 'same-origin' ? null : `actions need the same origin: the request's is ${site}`;
  const origin = headers.origin;
  if (origin === undefined) return null;
  const host = headers[':authority'] ?? headers.host;
  if (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()) return null;
  return `actions need the same origin: the request has Origin ${origin} and Host ${host} (a proxy must pass Host on)`;
}
