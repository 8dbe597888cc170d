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
    ...track(TRACKS.own, 'on the thread', ownSpans(timeline)),
    ...track(TRACKS.others, 'others on the thread', othersSpans(timeline)),
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

/** A span per function for as long as samples that follow each other have it in the same place of their stacks. */
function ownSpans({ samples, stacks, functions }: RequestTimeline): Span[] {
  const spans: Span[] = [];
  let open: { index: number; startMs: number }[] = [];
  let endMs = 0;
  const close = (depth: number): void => {
    for (const { index, startMs } of open.slice(depth)) spans.push({ startMs, endMs, ...named(functions[index]) });
    open = open.slice(0, depth);
  };
  for (let row = 0; row < samples.atMs.length; row++) {
    const startMs = samples.atMs[row] as number;
    const stack = stacks[samples.stack[row] as number] ?? [];
    const isFollowing = startMs - endMs < GAP_MS;
    let common = 0;
    while (isFollowing && common < open.length && open[common]?.index === stack[common]) common++;
    close(common);
    for (const index of stack.slice(common)) open.push({ index, startMs: Math.max(startMs, endMs) });
    endMs = Math.max(endMs, startMs + (samples.wallMs[row] as number));
  }
  close(0);
  return spans;
}

function othersSpans({ others, stacks, functions, routes }: RequestTimeline): Span[] {
  const spans: Span[] = [];
  for (let row = 0; row < others.atMs.length; row++) {
    const startMs = Math.max(others.atMs[row] as number, spans.at(-1)?.endMs ?? 0);
    const endMs = Math.max(startMs, (others.atMs[row] as number) + (others.wallMs[row] as number));
    const stack = stacks[others.stack[row] as number] ?? [];
    const { name, args } = named(functions[stack.at(-1) ?? -1]);
    spans.push({ name: routes[others.route[row] as number] ?? '', startMs, endMs, args: { ...args, function: name } });
  }
  return spans;
}

function waitSpans({ waits, stacks, functions }: RequestTimeline): Span[] {
  return Array.from({ length: waits.startMs.length }, (_, row) => {
    const stack = stacks[waits.stack[row] as number] ?? [];
    const caller = functions[stack.at(-2) ?? -1];
    return {
      name: functions[stack.at(-1) ?? -1]?.name ?? '(unknown)',
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

function named(info: FunctionInfo | undefined): Pick<Span, 'name' | 'args'> {
  return info ? { name: info.name, args: { place: standardName(info, true) } } : { name: '(unknown)', args: {} };
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}
