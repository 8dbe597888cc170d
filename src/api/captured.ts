/** What finished captures say of one function. */

import type { Captures } from '../capture/captures.ts';
import { type FunctionPlace, isSameFunction } from '../profile/same-function.ts';
import type { FunctionAnswer } from './function-types.ts';
import { InvalidParameter } from './query.ts';
import type { CallsResult, CaptureSummary, HeapResult, LinesResult } from './types.ts';

interface Results {
  readonly calls: CallsResult;
  readonly lines: LinesResult;
  readonly heap: HeapResult;
}

export interface Finished<Kind extends keyof Results> {
  readonly summary: CaptureSummary;
  readonly result: Results[Kind];
}

/** @param id the newest of its kind without it. @throws InvalidParameter for an id of none */
export function finishedCapture<Kind extends keyof Results>(
  captures: Pick<Captures, 'list' | 'find'>,
  kind: Kind,
  id?: string,
): Finished<Kind> | null {
  const wanted = captures
    .list()
    .find((summary) => summary.kind === kind && summary.state === 'done' && (id === undefined || summary.id === id));
  const result = wanted && captures.find(wanted.id)?.result;
  if (wanted && result) return { summary: wanted, result: result as Results[Kind] };
  if (id === undefined) return null;
  throw new InvalidParameter(`capture=${id.slice(0, 80)} is no finished capture of ${kind}; the last ten are kept`);
}

/** Exact calls and the costliest lines, where the newest captures have the function. */
export function capturedFigures(
  captures: Pick<Captures, 'list' | 'find'>,
  place: FunctionPlace,
): Pick<FunctionAnswer, 'calls' | 'lines'> {
  const calls = finishedCapture(captures, 'calls');
  const lines = finishedCapture(captures, 'lines');
  const called = calls?.result.functions.find((info) => isSameFunction(info, place));
  const sampled = lines?.result.functions.find((info) => isSameFunction(info, place));
  return {
    ...(calls &&
      called && {
        calls: {
          capture: calls.summary,
          entries: called.entries,
          ...(called.calls === undefined ? {} : { calls: called.calls }),
        },
      }),
    ...(lines &&
      sampled && {
        lines: {
          capture: lines.summary,
          intervalMs: lines.result.intervalMs,
          samples: sampled.samples,
          lines: sampled.lines,
        },
      }),
  };
}
