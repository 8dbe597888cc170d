/** Captures of a server of test/fixtures/host. */

import assert from 'node:assert/strict';
import type {
  CallsResult,
  CaptureAnswer,
  CaptureKind,
  CaptureResult,
  CaptureSummary,
  HeapResult,
  LinesResult,
} from '../../src/api/types.ts';
import { act, api, until } from './host-server.ts';

export async function startCapture(url: string, kind: CaptureKind, seconds: number): Promise<CaptureSummary> {
  const response = await act(url, 'captures', JSON.stringify({ kind, seconds }));
  assert.equal(response.status, 202, await response.clone().text());
  return (await response.json()) as CaptureSummary;
}

/** Resolves when a capture has ended, in whatever way. */
export async function endedCapture(url: string, id: string): Promise<CaptureAnswer> {
  const look = (): Promise<CaptureAnswer> => api<CaptureAnswer>(url, `captures/${id}`);
  await until(async () => !['running', 'finishing'].includes((await look()).state), look);
  return look();
}

/** What a capture of a kind results in. */
interface Results {
  readonly calls: CallsResult;
  readonly lines: LinesResult;
  readonly heap: HeapResult;
}

/** Runs a capture while the server does something. @returns its result, which it must have */
export async function capturing<Kind extends CaptureKind>(
  url: string,
  kind: Kind,
  seconds: number,
  meanwhile: () => Promise<void>,
): Promise<{ readonly id: string; readonly result: Results[Kind] }> {
  const { id } = await startCapture(url, kind, seconds);
  await meanwhile();
  const answer = await endedCapture(url, id);
  assert.equal(answer.state, 'done', answer.reason);
  assert.ok(answer.result);
  return { id, result: answer.result as CaptureResult as Results[Kind] };
}
