/** The HTTP API's shapes (docs/api.md); those of one function are in function-types.ts. The UI imports both. */

import type { KeptRequest, RequestTimeline } from '../profile/kept-request.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';

export type { Profile };

/** A request below the UI's path, as the host's thread hands it to the collector. */
export interface ApiRequest {
  readonly method: string;
  /** Below the UI's path, without query, no leading slash: '' is the UI itself. */
  readonly path: string;
  /** Without '?'. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Body of a POST, at most MAX_BODY_BYTES. */
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A header that actions need: no HTML form and no cross-origin request without consent can send it. */
export const ACTION_HEADER = 'x-profiler';

/** Bodies of POST requests are small JSON objects; longer ones are refused with 413. */
export const MAX_BODY_BYTES = 4096;

export interface ApiError {
  /** `PROFILER_E_…` */
  readonly code: string;
  readonly error: string;
}

export interface DurationFigures {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One row of `api/v1/routes`. Times are sums over the route's requests in milliseconds. */
export interface RouteFigures {
  readonly route: string;
  readonly requests: number;
  /** Answers of status 500 and above, and requests the client gave up. */
  readonly errors: number;
  readonly durationMs: DurationFigures;
  readonly samples: number;
  readonly cpuMs: number;
  /** Time on the JavaScript thread. */
  readonly wallMs: number;
  readonly waitMs: number;
  /** Sum of durations less CPU and waits: event-loop delay and what is not instrumented. */
  readonly otherMs: number;
  /** What held the event loop while requests could have gone on, the longest first: estimated from traced requests, within the waits and the rest. */
  readonly blockedBy: readonly BlockerFigures[];
}

export interface BlockerFigures {
  /** The route whose request ran, `(background)` for none. */
  readonly route: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly ms: number;
  /** It was seen in so many, three at least; the time is scaled to all requests. */
  readonly samples: number;
}

export interface RoutesAnswer {
  readonly routes: readonly RouteFigures[];
}

export interface Quantiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface StatusAnswer {
  readonly version: string;
  readonly node: string;
  readonly run: { readonly id: string; readonly startedAt: number };
  readonly processes: readonly { readonly pid: number; readonly title: string; readonly rssBytes: number }[];
  readonly sampling: {
    readonly recording: boolean;
    readonly intervalMs: number;
    /** How samples find their request: V8's own context frames, async hooks, or not at all. */
    readonly tracking: 'async-context-frame' | 'async-hooks' | 'none';
    readonly samples: number;
    readonly idleSamples: number;
    /** Samples that are in no profile, by reason; nothing is dropped without being counted here. */
    readonly discarded: Readonly<Record<'warmup' | 'ignored' | 'profiler' | 'unresolved' | 'unmatched', number>>;
    readonly samplerRestarts: number;
  };
  readonly requests: { readonly ended: number; readonly open: number; readonly dropped: number };
  readonly waits: {
    /** The option `waits`. */
    readonly tracing: 'auto' | 'all' | 'off';
    /** Share of new requests that are traced. */
    readonly share: number;
    readonly tracedRequests: number;
    readonly operations: number;
    /** Operations without room; their time is in `(other)`. */
    readonly dropped: number;
    /** Time on the thread that tracing took. */
    readonly costMs: number;
    /** CPU time of functions resumed after an await: under its one caller, shared among several, or under `(async)` because none is known. */
    readonly stitchedMs: number;
    readonly ambiguousMs: number;
    readonly unknownMs: number;
  };
  readonly routes: number;
  readonly functions: number;
  readonly overhead: {
    /** Time that rotations held the host's thread. */
    readonly rotationMs: Quantiles;
    /** Rotations and samples in the profiler's own code, as a share of the time since the start. */
    readonly mainThreadShare: number;
    readonly collectorHeapBytes: number;
    readonly slots: number;
    readonly retiredSlots: number;
  };
  /** The capture that runs, null while none does. */
  readonly capture: CaptureSummary | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** A profile as JSON: the columns are plain arrays. */
export type ProfileAnswer = Profile;

/** `api/v1/requests?route=&sort=&limit=`: the slowest requests, of each route so many. */
export interface RequestsAnswer {
  /** Requests at least this long are kept. */
  readonly slowMs: number;
  readonly requests: readonly KeptRequest[];
}

/** `api/v1/requests/ID`. */
export type RequestAnswer = RequestTimeline;

/** What a capture records: exact calls of functions, samples of source lines, allocations. */
export const CAPTURE_KINDS = ['calls', 'lines', 'heap'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** `finishing`: its time is over, the result is being made. */
export type CaptureState = 'running' | 'finishing' | 'done' | 'cancelled' | 'failed';

/** One capture, without its result. */
export interface CaptureSummary {
  readonly id: string;
  readonly kind: CaptureKind;
  readonly state: CaptureState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it was asked to run. */
  readonly seconds: number;
  /** Share of that time which has passed, 0 to 1. */
  readonly progress: number;
  /** Why it was cancelled or failed. */
  readonly reason?: string;
}

/** A function and what a capture says of it. */
export type CapturedFunction<Figures> = FunctionInfo & Figures;

export interface CallsResult {
  /** The most called first. */
  readonly functions: readonly CapturedFunction<CallFigures>[];
  /** How many functions were left out of a huge result; 0 for all but those. */
  readonly truncated: number;
}

export interface CallFigures {
  /** Exact; missing for generators, of which V8 counts calls and resumptions together. */
  readonly calls?: number;
  /** How often the function's code was entered: calls, and resumptions after an `await` or a `yield`. */
  readonly entries: number;
}

export interface LinesResult {
  readonly intervalMs: number;
  /** Samples on the thread while it was busy. */
  readonly samples: number;
  /** The costliest first; `lines` likewise, and they sum to `samples`. Line 0 takes samples of unknown place. */
  readonly functions: readonly CapturedFunction<{
    readonly samples: number;
    readonly lines: readonly { readonly line: number; readonly samples: number }[];
  }>[];
  readonly truncated: number;
}

/** Estimates from samples: each stands for as many objects and bytes as were allocated between it and its neighbours. */
export interface HeapFigures {
  readonly inUseObjects: number;
  readonly inUseBytes: number;
  readonly allocatedObjects: number;
  readonly allocatedBytes: number;
}

export interface AllocationFigures<Figure extends string> {
  /** Functions by what they allocated themselves: the most in use first. */
  readonly functions: readonly CapturedFunction<Readonly<Record<Figure, number>>>[];
  /** The call tree of the allocations: columns as in a profile; `function` is an index into `functions`, -1 for the root. */
  readonly nodes: {
    readonly parent: readonly number[];
    readonly function: readonly number[];
    readonly self: Readonly<Record<Figure, readonly number[]>>;
  };
  /** Stacks for which there was no room below their last node. */
  readonly truncated: number;
}

export interface HeapResult extends AllocationFigures<keyof HeapFigures> {
  /** Of each half of the capture: `allocated` figures are of the first, `inUse` figures of the second, taken at its end. */
  readonly halfSeconds: number;
}

/** `api/v1/memory`, with the option `heap`: what was allocated since sampling began and is still in use. Of all routes. */
export interface MemoryAnswer extends AllocationFigures<'inUseBytes' | 'inUseObjects'> {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Bytes between samples, on average. */
  readonly intervalBytes: number;
}

export type CaptureResult = CallsResult | LinesResult | HeapResult;

export interface CapturesAnswer {
  /** The newest first. */
  readonly captures: readonly CaptureSummary[];
}

/** What `api/v1/captures/ID` answers: the result once there is one. */
export type CaptureAnswer =
  | (CaptureSummary & { readonly kind: 'calls'; readonly result?: CallsResult })
  | (CaptureSummary & { readonly kind: 'lines'; readonly result?: LinesResult })
  | (CaptureSummary & { readonly kind: 'heap'; readonly result?: HeapResult });
