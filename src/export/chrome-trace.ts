/**
 * One request's timeline as a Chrome trace, which https://ui.perfetto.dev and DevTools' performance panel open
 * (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU, "JSON Array Format"). One track each for the request, what it ran,
 * what others ran meanwhile, and as many for waits as overlap.
 */

import type { RequestTimeline } from '../profile/kept-request.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import { standardName } from '../profile/standard-name.ts';

const TRACKS = { request: 1, own: 2, others: 3, firstWait: 10 } as const;
/** Stretches this near to each other are one: samples are stamped to the microsecond, their lengths are shared out. */
const GAP_MS = 0.5;
const UNKNOWN: Frame = { name: '(unknown)', args: {} };

interface Span {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

interface TraceEvent {
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Span['args'];
}

export function encodeChromeTrace(timeline: RequestTimeline): string {
  const { pid } = timeline;
  const track = (tid: number, name: string, spans: readonly Span[]): TraceEvent[] => [
    { ph: 'M', pid, tid, name: 'thread_name', args: { name } },
    // Viewers list tracks by this, not by number.
    { ph: 'M', pid, tid, name: 'thread_sort_index', args: { sort_index: tid } },
    ...spans.map((span): TraceEvent => {
      const ts = micros(span.startMs);
      return { ph: 'X', pid, tid, name: span.name, ts, dur: micros(span.endMs) - ts, args: span.args };
    }),
  ];
  const traceEvents: TraceEvent[] = [
    { ph: 'M', pid, tid: TRACKS.request, name: 'process_name', args: { name: `${timeline.route} ${timeline.id}` } },
    ...track(TRACKS.request, 'request', [requestSpan(timeline)]),
    ...track(TRACKS.own, 'on the thread', nestedSpans(ownRows(timeline))),
    ...track(TRACKS.others, 'others on the thread', nestedSpans(othersRows(timeline))),
    ...lanes(waitSpans(timeline)).flatMap((spans, lane) => track(TRACKS.firstWait + lane, 'waits', spans)),
  ];
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents });
}

function requestSpan({
  method,
  url,
  status,
  isAborted,
  isTraced,
  startedAt,
  durationMs,
  ...figures
}: RequestTimeline): Span {
  const { route, cpuMs, waitMs, otherMs } = figures;
  const start = new Date(startedAt).toISOString();
  const args = { route, start, status, isAborted, isTraced, cpuMs, waitMs, otherMs };
  return { name: `${method} ${url}`, startMs: 0, endMs: durationMs, args };
}

interface Row {
  readonly atMs: number;
  readonly wallMs: number;
  /** Outermost first; of equal frames there is one object. */
  readonly frames: readonly Frame[];
}

type Frame = Pick<Span, 'name' | 'args'>;

function ownRows({ samples, stacks, functions }: RequestTimeline): Row[] {
  const frames = functions.map(frameOf);
  return Array.from({ length: samples.atMs.length }, (_, row) => ({
    atMs: samples.atMs[row] as number,
    wallMs: samples.wallMs[row] as number,
    frames: (stacks[samples.stack[row] as number] ?? []).flatMap((index) => frames[index] ?? []),
  }));
}

/** Below the route that ran. */
function othersRows({ others, stacks, functions, routes }: RequestTimeline): Row[] {
  const frames = functions.map(frameOf);
  const ofRoutes = routes.map((name): Frame => ({ name, args: {} }));
  return Array.from({ length: others.atMs.length }, (_, row) => {
    const route = ofRoutes[others.route[row] as number] ?? UNKNOWN;
    const stack = (stacks[others.stack[row] as number] ?? []).flatMap((index) => frames[index] ?? []);
    return { atMs: others.atMs[row] as number, wallMs: others.wallMs[row] as number, frames: [route, ...stack] };
  });
}

/** A span per frame for as long as rows that follow each other have it in the same place of their stacks. */
function nestedSpans(rows: readonly Row[]): Span[] {
  const spans: Span[] = [];
  let open: { frame: Frame; startMs: number }[] = [];
  let endMs = 0;
  const close = (depth: number): void => {
    for (const { frame, startMs } of open.slice(depth)) spans.push({ startMs, endMs, ...frame });
    open = open.slice(0, depth);
  };
  for (const { atMs, wallMs, frames } of rows) {
    const isFollowing = atMs - endMs < GAP_MS;
    let common = 0;
    while (isFollowing && common < open.length && open[common]?.frame === frames[common]) common++;
    close(common);
    for (const frame of frames.slice(common)) open.push({ frame, startMs: Math.max(atMs, endMs) });
    endMs = Math.max(endMs, atMs + wallMs);
  }
  close(0);
  return spans;
}

function waitSpans({ waits, stacks, functions }: RequestTimeline): Span[] {
  return Array.from({ length: waits.startMs.length }, (_, row) => {
    const stack = stacks[waits.stack[row] as number] ?? [];
    const caller = functions[stack.at(-2) ?? -1];
    return {
      name: functions[stack.at(-1) ?? -1]?.name ?? UNKNOWN.name,
      startMs: waits.startMs[row] as number,
      endMs: waits.endMs[row] as number,
      args: caller ? { from: standardName(caller, true) } : {},
    };
  });
}

/** Spans of one track must not overlap. */
function lanes(spans: readonly Span[]): Span[][] {
  const found: Span[][] = [];
  for (const span of spans) {
    const lane = found.find((candidate) => (candidate.at(-1)?.endMs ?? 0) <= span.startMs);
    if (lane) lane.push(span);
    else found.push([span]);
  }
  return found;
}

function frameOf(info: FunctionInfo): Frame {
  return { name: info.name, args: { place: standardName(info, true) } };
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}
