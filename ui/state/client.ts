/** Asks the server. Everything the page knows comes through here; URLs are relative, so it works below any path and prefix. */

import type { FunctionAnswer, SourceAnswer } from '../../src/api/function-types.ts';
import type {
  ApiError,
  CaptureAnswer,
  CaptureKind,
  CaptureSummary,
  CapturesAnswer,
  MemoryAnswer,
  ProfileAnswer,
  RequestAnswer,
  RequestsAnswer,
  RoutesAnswer,
  RunsAnswer,
  StatusAnswer,
} from '../../src/api/types.ts';
import { LIVE_MEMORY, memoryCapture } from '../model/live-memory.ts';

/** What the server said when it did not give what was asked for; status 0 where it said nothing. */
export class RequestFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Client {
  /** False for a page that was saved: it shows what it holds, and nothing changes. */
  readonly isConnected: boolean;
  status(signal?: AbortSignal): Promise<StatusAnswer>;
  runs(signal?: AbortSignal): Promise<RunsAnswer>;
  /** @param query of a selection, without '?'. */
  routes(query: string, signal?: AbortSignal): Promise<RoutesAnswer>;
  profile(query: string, signal?: AbortSignal): Promise<ProfileAnswer>;
  function(query: string, signal: AbortSignal): Promise<FunctionAnswer>;
  source(query: string, signal: AbortSignal): Promise<SourceAnswer>;
  requests(query: string, signal: AbortSignal): Promise<RequestsAnswer>;
  /** @param run null for the current one. */
  request(id: string, run: string | null, signal: AbortSignal): Promise<RequestAnswer>;
  captures(): Promise<CapturesAnswer>;
  /** @param id of a capture, or LIVE_MEMORY. */
  capture(id: string, signal?: AbortSignal): Promise<CaptureAnswer>;
  startCapture(kind: CaptureKind, seconds: number): Promise<CaptureSummary>;
  cancelCapture(id: string): Promise<void>;
  /** The answer as bytes, for a download. */
  file(path: string, signal: AbortSignal): Promise<{ readonly name: string; readonly bytes: Blob }>;
  clear(): Promise<void>;
  setRecording(on: boolean): Promise<void>;
}

const API = 'api/v1/';

/** Below `api/v1/`. @param run null for the current one. */
export function requestPath(id: string, run: string | null, format: 'json' | 'trace'): string {
  const query = new URLSearchParams({ format, ...(run === null ? {} : { run }) });
  return `requests/${encodeURIComponent(id)}?${query}`;
}

export function createClient(fetcher: typeof fetch): Client {
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetcher(path, { ...init, cache: 'no-store', redirect: 'error' }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new RequestFailure(0, '', 'the server does not answer');
    });
    if (!response.ok) throw await failureOf(response);
    return response;
  };
  const get = async <Answer>(path: string, signal: AbortSignal | undefined): Promise<Answer> => {
    const response = await ask(API + path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
    if (!isJson(response))
      throw new RequestFailure(response.status, '', 'the server no longer shows its profile to you');
    return (await response.json()) as Answer;
  };
  const post = (path: string, body: string): Promise<Response> => {
    return ask(API + path, {
      method: 'POST',
      body,
      headers: { 'x-profiler': '1', 'content-type': 'application/json' },
    });
  };
  return {
    isConnected: true,
    status: (signal) => get('status', signal),
    runs: (signal) => get('runs', signal),
    routes: (query, signal) => get(`routes?${query}`, signal),
    profile: (query, signal) => get(`profile?${query}`, signal),
    function: (query, signal) => get(`function?${query}`, signal),
    source: (query, signal) => get(`source?${query}`, signal),
    requests: (query, signal) => get(`requests?${query}`, signal),
    request: (id, run, signal) => get(requestPath(id, run, 'json'), signal),
    captures: () => get('captures', undefined),
    capture: async (id, signal) =>
      id === LIVE_MEMORY
        ? memoryCapture(await get<MemoryAnswer>('memory', signal), Date.now())
        : get(`captures/${encodeURIComponent(id)}`, signal),
    startCapture: async (kind, seconds) => {
      const response = await post('captures', JSON.stringify({ kind, seconds }));
      return (await response.json()) as CaptureSummary;
    },
    cancelCapture: async (id) => {
      await post(`captures/${encodeURIComponent(id)}/cancel`, '');
    },
    file: async (path, signal) => {
      const response = await ask(path, { signal });
      const [, name = 'profile'] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
      return { name, bytes: await response.blob() };
    },
    clear: async () => {
      await post('clear', '');
    },
    setRecording: async (on) => {
      await post('recording', JSON.stringify({ on }));
    },
  };
}

async function failureOf(response: Response): Promise<RequestFailure> {
  if (isJson(response)) {
    const { code, error } = (await response.json()) as Partial<ApiError>;
    if (code !== undefined) return new RequestFailure(response.status, code, error ?? code);
  }
  return new RequestFailure(response.status, '', 'the server no longer shows its profile to you');
}

function isJson(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').startsWith('application/json');
}
