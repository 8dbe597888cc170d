/** api/v1/captures: start one, list them, look at one, cancel one. */

import {
  CaptureRefused,
  DEFAULT_CAPTURE_SECONDS,
  type EndedCapture,
  MAX_CAPTURE_SECONDS,
} from '../../capture/captures.ts';
import { encodeHeapPprof, type HeapSampleType } from '../../export/heap-pprof.ts';
import { parseBody } from '../body.ts';
import { InvalidParameter, Query } from '../query.ts';
import { failure, json, respond } from '../respond.ts';
import { type ApiRequest, type ApiResponse, CAPTURE_KINDS, type CapturesAnswer, type HeapResult } from '../types.ts';
import type { Backend, Endpoint } from './contract.ts';

const CAPTURES = 'api/v1/captures';
const CANCEL = '/cancel';

export const startCaptureEndpoint: Endpoint = {
  method: 'POST',
  path: CAPTURES,
  async handle(request, backend) {
    const { kind, seconds = DEFAULT_CAPTURE_SECONDS } = parseBody(request.body);
    const known = CAPTURE_KINDS.find((candidate) => candidate === kind);
    if (!known) throw new InvalidParameter(`kind is one of ${CAPTURE_KINDS.join(', ')}`);
    if (typeof seconds !== 'number' || !(seconds >= 1 && seconds <= MAX_CAPTURE_SECONDS))
      throw new InvalidParameter(`seconds is a number from 1 to ${MAX_CAPTURE_SECONDS}`);
    return answerRefusal(async () => json(await backend.captures.start(known, seconds), 202));
  },
};

export const capturesEndpoint: Endpoint = {
  method: 'GET',
  path: CAPTURES,
  handle(request, backend) {
    new Query(request.query, []);
    const answer: CapturesAnswer = { captures: backend.captures.list() };
    return json(answer);
  },
};

export const captureEndpoint: Endpoint = {
  method: 'GET',
  path: `${CAPTURES}/*`,
  handle(request, backend) {
    const format = new Query(request.query, ['format']).oneOf('format', ['json', 'pprof'], 'json');
    const capture = backend.captures.find(idOf(request));
    if (!capture) return unknownCapture();
    if (format === 'json') return json({ ...capture.summary, ...(capture.result && { result: capture.result }) });
    return respond(200, 'application/octet-stream', encodeHeapPprof(heapResultOf(capture), capture.summary), {
      'content-disposition': `attachment; filename="heap-${capture.summary.id}.pb.gz"`,
    });
  },
};

export const cancelCaptureEndpoint: Endpoint = {
  method: 'POST',
  path: `${CAPTURES}/*`,
  async handle(request, backend) {
    const path = idOf(request);
    const id = path.endsWith(CANCEL) ? path.slice(0, -CANCEL.length) : '';
    if (!backend.captures.find(id)) return unknownCapture();
    if (!(await backend.captures.cancel(id, 'cancelled on request')))
      return failure(409, 'PROFILER_E_CAPTURE', 'this capture has ended already');
    return json(backend.captures.find(id)?.summary);
  },
};

/** @returns what `body` answers, or why no capture can be started. */
async function answerRefusal(body: () => Promise<ApiResponse>): Promise<ApiResponse> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof CaptureRefused) return failure(error.status, 'PROFILER_E_CAPTURE', error.message);
    throw error;
  }
}

/**
 * Runs a capture of the heap to its end.
 * @param signal aborted when the client goes away: it is cancelled.
 * @param shownFirst the sample type that a viewer opens with.
 * @returns the pprof file
 * @throws CaptureRefused, and InvalidParameter where it ended without a result
 */
export async function captureHeap(
  backend: Backend,
  seconds: number,
  signal: AbortSignal,
  shownFirst: HeapSampleType,
): Promise<Uint8Array> {
  const { id } = await backend.captures.start('heap', seconds);
  const cancel = (): void => void backend.captures.cancel(id, 'the client went away');
  signal.addEventListener('abort', cancel, { once: true });
  // It may have gone while the capture was being started.
  if (signal.aborted) cancel();
  await backend.captures.ended(id);
  signal.removeEventListener('abort', cancel);
  const capture = backend.captures.find(id);
  if (!capture?.result) throw new InvalidParameter(capture?.summary.reason ?? 'the capture has no result');
  return encodeHeapPprof(heapResultOf(capture), capture.summary, shownFirst);
}

function heapResultOf({ summary, result }: EndedCapture): HeapResult {
  if (summary.kind !== 'heap') throw new InvalidParameter('format=pprof is for captures of the heap');
  if (!result) throw new InvalidParameter(`this capture is ${summary.state} and has no result`);
  return result as HeapResult;
}

function idOf({ path }: ApiRequest): string {
  return path.slice(CAPTURES.length + 1);
}

function unknownCapture(): ApiResponse {
  return failure(404, 'PROFILER_E_NOT_FOUND', 'there is no such capture; the last ten are kept');
}
