/** Captures of calls: V8's precise coverage, whose counters say how often each function was entered. */

import type { CallFigures, CallsResult, CapturedFunction } from '../api/types.ts';
import { pathOfScript } from '../collector/symbolizer.ts';
import type { AsyncCalls } from './async-calls.ts';
import { functionPlace, LineIndex } from './function-place.ts';
import type { Recorder } from './recorder.ts';
import { readSources, type ScriptSource } from './sources.ts';

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-ScriptCoverage */
interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
}

interface CountedFunction {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly entries: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
}

/** Functions kept of a result. */
const MAX_FUNCTIONS = 20_000;

export function callRecorder(): Recorder {
  return {
    async start(session) {
      await session.post('Profiler.enable');
      await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    },
    async finish(session, context) {
      // First the count that can stop at once.
      const asyncCalls = await context.asyncCalls();
      const { result } = await session.post<{ result: readonly ScriptCoverage[] }>('Profiler.takePreciseCoverage');
      await session.post('Profiler.stopPreciseCoverage');
      await session.post('Profiler.disable');
      const called = result
        .map((script) => ({
          ...script,
          functions: script.functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0),
        }))
        .filter(({ url, functions }) => url !== '' && functions.length > 0);
      const sources = await readSources(
        session,
        called.map(({ scriptId }) => scriptId),
      );
      session.disconnect();
      const counted = called.flatMap((script) => countedFunctions(script, sources.get(script.scriptId)));
      const symbolized = await context.symbolize({
        name: counted.map(({ name }) => name),
        file: counted.map(({ file }) => file),
        line: Int32Array.from(counted, ({ line }) => line),
        column: Int32Array.from(counted, ({ column }) => column),
      });
      const callsAt = asyncCallsByPlace(asyncCalls);
      const rows = counted.flatMap((raw, at) => {
        const shown = symbolized[at];
        return !shown || shown.isOwn ? [] : [{ ...shown.info, ...figuresOf(raw, asyncCalls, callsAt) }];
      });
      return resultOf(rows);
    },
  };
}

function countedFunctions({ url, functions }: ScriptCoverage, source: ScriptSource | undefined): CountedFunction[] {
  if (!source) return [];
  const lines = new LineIndex(source.text);
  return functions.map(({ functionName, ranges }) => {
    const { startOffset = 0, count = 0 } = ranges[0] ?? {};
    const { offset, isAsync, isGenerator } = functionPlace(source.text, startOffset);
    const { line, column } = lines.placeOf(offset);
    return {
      name: functionName,
      file: url,
      line: line + source.startLine,
      column: line === 1 ? column + source.startColumn : column,
      entries: count,
      isAsync,
      isGenerator,
    };
  });
}

function figuresOf(
  { file, line, column, entries, isAsync, isGenerator }: CountedFunction,
  counted: AsyncCalls | null,
  callsAt: ReadonlyMap<string, number>,
): CallFigures {
  if (isGenerator) return { entries };
  if (!isAsync) return { calls: entries, entries };
  // Unknown is not none.
  if (!counted?.complete) return { entries };
  return { calls: callsAt.get(placeKey(file, line, column)) ?? 0, entries };
}

function asyncCallsByPlace(counted: AsyncCalls | null): Map<string, number> {
  const calls = new Map<string, number>();
  counted?.file.forEach((file, at) => {
    const key = placeKey(file, counted.line[at] ?? 0, counted.column[at] ?? 0);
    calls.set(key, (calls.get(key) ?? 0) + (counted.calls[at] ?? 0));
  });
  return calls;
}

function placeKey(file: string, line: number, column: number): string {
  return `${line}:${column}:${pathOfScript(file)}`;
}

/** Several scripts of one name (an evaluated text, a module that was loaded again) are one function to whoever reads. */
function resultOf(rows: readonly CapturedFunction<CallFigures>[]): CallsResult {
  const merged = new Map<string, CapturedFunction<CallFigures>>();
  for (const row of rows) {
    const key = `${row.line}:${row.column}:${row.file.length}:${row.file}${row.name}`;
    const known = merged.get(key);
    merged.set(key, known ? sumOf(known, row) : row);
  }
  const sorted = [...merged.values()].sort((a, b) => (b.calls ?? b.entries) - (a.calls ?? a.entries));
  return { functions: sorted.slice(0, MAX_FUNCTIONS), truncated: Math.max(0, sorted.length - MAX_FUNCTIONS) };
}

function sumOf(a: CapturedFunction<CallFigures>, b: CapturedFunction<CallFigures>): CapturedFunction<CallFigures> {
  const { calls: _, ...rest } = a;
  const entries = a.entries + b.entries;
  return a.calls === undefined || b.calls === undefined
    ? { ...rest, entries }
    : { ...a, entries, calls: a.calls + b.calls };
}
