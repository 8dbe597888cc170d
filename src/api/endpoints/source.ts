/** GET api/v1/source: the lines of a function's file, with what a capture of lines measured on each. */

import { SourceUnreadable } from '../../collector/source-texts.ts';
import type { FunctionInfo } from '../../profile/profile.ts';
import { type FunctionPlace, isSameFunction } from '../../profile/same-function.ts';
import type { RunSummary } from '../../store/contract.ts';
import { type Finished, finishedCapture } from '../captured.ts';
import { FUNCTION_PARAMETERS, functionPlaceOf } from '../function-place.ts';
import type { SourceAnswer } from '../function-types.ts';
import { Query } from '../query.ts';
import { failure, json } from '../respond.ts';
import { knownRun } from '../selection.ts';
import { sourceLines } from '../source-lines.ts';
import type { Backend, Endpoint } from './contract.ts';

export const sourceEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/source',
  async handle(request, backend) {
    const query = new Query(request.query, [...FUNCTION_PARAMETERS, 'capture', 'run']);
    const place = functionPlaceOf(query);
    const capture = finishedCapture(backend.captures, 'lines', query.text('capture'));
    const run = knownRun(query, backend);
    await backend.refresh({ run: run.id });
    const info = await recordedFunction(place, backend, run, capture);
    if (!info) return failure(404, 'PROFILER_E_NOT_FOUND', 'there is no such function in what was recorded');
    if (info.file === '') return failure(404, 'PROFILER_E_SOURCE', 'this is native code, which has no source here');
    try {
      const { text, origin, isChanged } = await backend.source(info.file, run);
      const shown = sourceLines(text, info);
      if (!shown) return failure(404, 'PROFILER_E_SOURCE', 'the file has fewer lines than when it was loaded');
      const answer: SourceAnswer = { function: info, origin, isChanged, ...shown, capture: figuresOf(info, capture) };
      return json(answer);
    } catch (error) {
      if (error instanceof SourceUnreadable) return failure(404, 'PROFILER_E_SOURCE', error.message);
      throw error;
    }
  },
};

/** The file that is read is the recorded function's, never the question's. */
async function recordedFunction(
  place: FunctionPlace,
  backend: Backend,
  run: RunSummary,
  capture: Finished<'lines'> | null,
): Promise<FunctionInfo | undefined> {
  const isWanted = (info: FunctionInfo): boolean => isSameFunction(info, place);
  const { tree } = await backend.query({ run: run.id });
  return tree.functions.find(isWanted) ?? capture?.result.functions.find(isWanted);
}

/** Of all functions of the file: a line is shown with what it took, whoever's it is. */
function figuresOf({ file }: FunctionInfo, capture: Finished<'lines'> | null): SourceAnswer['capture'] {
  if (!capture) return null;
  const { intervalMs, samples, functions } = capture.result;
  const lines = new Map<number, number>();
  for (const info of functions.filter((candidate) => candidate.file === file))
    for (const { line, samples: count } of info.lines) lines.set(line, (lines.get(line) ?? 0) + count);
  return {
    ...capture.summary,
    intervalMs,
    samples,
    lines: [...lines].map(([line, count]) => ({ line, samples: count })).sort((a, b) => a.line - b.line),
  };
}
