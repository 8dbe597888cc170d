/** Captures of lines: a CPU profile of the inspector beside our own sampler, because only that one says which line of a function ran. */

import type { FunctionInfo } from '../profile/profile.ts';
import type { CaptureContext, Recorder } from './recorder.ts';

const INTERVAL_MS = 1;
const MAX_FUNCTIONS = 5000;

interface ProfileNode {
  readonly callFrame: CallFrame;
  readonly hitCount?: number;
  /** Several entries can have one line. */
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

/** 0-based. https://chromedevtools.github.io/devtools-protocol/tot/Runtime/#type-CallFrame */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface FunctionTicks {
  readonly frame: CallFrame;
  samples: number;
  readonly lines: Map<number, number>;
}

export function lineRecorder(): Recorder {
  return {
    async start(session) {
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MS * 1000 });
      await session.post('Profiler.start');
    },
    async finish(session, context) {
      const { profile } = await session.post<{ profile: { nodes: readonly ProfileNode[] } }>('Profiler.stop');
      await session.post('Profiler.disable');
      session.disconnect();
      const ticks = [...sumByFunction(profile.nodes).values()];
      const symbolized = await context.symbolize(rawFunctions(ticks.map(({ frame }) => frame)));
      const rows: (FunctionInfo & { samples: number; lines: { line: number; samples: number }[] })[] = [];
      for (const [at, { samples, lines, frame }] of ticks.entries()) {
        const shown = symbolized[at];
        if (!shown || shown.isOwn) continue;
        rows.push({ ...shown.info, samples, lines: await shownLines(frame, samples, lines, context) });
      }
      rows.sort((a, b) => b.samples - a.samples);
      return {
        intervalMs: INTERVAL_MS,
        samples: rows.reduce((sum, row) => sum + row.samples, 0),
        functions: rows.slice(0, MAX_FUNCTIONS),
        truncated: Math.max(0, rows.length - MAX_FUNCTIONS),
      };
    },
  };
}

/** V8's call frames as the collector's symbolizer takes functions. */
export function rawFunctions(frames: readonly CallFrame[]): Parameters<CaptureContext['symbolize']>[0] {
  return {
    name: frames.map(({ functionName }) => functionName),
    file: frames.map(({ url }) => url),
    line: Int32Array.from(frames, ({ lineNumber }) => lineNumber + 1),
    column: Int32Array.from(frames, ({ columnNumber }) => columnNumber + 1),
  };
}

/** The same frame is the same function. */
export function frameKey({ functionName, url, lineNumber, columnNumber }: CallFrame): string {
  return `${lineNumber}:${columnNumber}:${url.length}:${url}${functionName}`;
}

/** Functions that have a file; V8's own states, idleness among them, have none. */
function sumByFunction(nodes: readonly ProfileNode[]): Map<string, FunctionTicks> {
  const functions = new Map<string, FunctionTicks>();
  for (const { callFrame: frame, hitCount = 0, positionTicks = [] } of nodes) {
    if (frame.url === '' || hitCount === 0) continue;
    const key = frameKey(frame);
    let sums = functions.get(key);
    if (!sums) {
      sums = { frame, samples: 0, lines: new Map() };
      functions.set(key, sums);
    }
    sums.samples += hitCount;
    for (const { line, ticks } of positionTicks) sums.lines.set(line, (sums.lines.get(line) ?? 0) + ticks);
  }
  return functions;
}

/** Source-mapped, the costliest first; what V8 did not place on a line is on line 0. */
async function shownLines(
  { url, lineNumber }: CallFrame,
  samples: number,
  ticks: ReadonlyMap<number, number>,
  context: CaptureContext,
): Promise<{ line: number; samples: number }[]> {
  const lines = new Map<number, number>();
  let placed = 0;
  for (const [generated, count] of ticks) {
    // A line of another file, of a function that V8 had put in the place of its call.
    if (generated <= lineNumber) continue;
    const line = await context.originalLine(url, generated);
    lines.set(line, (lines.get(line) ?? 0) + count);
    placed += count;
  }
  if (placed < samples) lines.set(0, samples - placed);
  return [...lines].map(([line, count]) => ({ line, samples: count })).sort((a, b) => b.samples - a.samples);
}
