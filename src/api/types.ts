/** The HTTP API's shapes (docs/api.md); those of one function are in function-types.ts, of captures in capture-types.ts. */

import type { ProfileDiff } from '../profile/diff.ts';
import type { KeptRequest, RequestTimeline } from '../profile/kept-request.ts';
import type { Profile } from '../profile/profile.ts';
import type { RunSummary } from '../store/contract.ts';
import type { CaptureSummary } from './capture-types.ts';

export * from './capture-types.ts';
export type { Profile, RunSummary };

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
  /** Of traced requests, and of others for which they stand. */
  readonly waitMs: number;
  /** What is left of the durations of the same: event-loop delay and what is not instrumented. */
  readonly otherMs: number;
  /** What is left of the durations of requests for which no traced one stands: nobody knows what they waited for. */
  readonly notTracedMs: number;
  /** So many were traced: a few say little. */
  readonly tracedRequests: number;
  /** What held the event loop while requests could have gone on, the longest first: estimated from traced requests, within the waits and the rest. */
  readonly blockedBy: readonly BlockerFigures[];
}

export interface BlockerFigures {
  /** The route whose request ran, `(background)` for none. */
  readonly route: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
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
  /** `revision` is another one whenever there is something new to be seen of the run. */
  readonly run: { readonly id: string; readonly startedAt: number; readonly revision: string };
  /** The process that answers: what is not of the run is this one's. */
  readonly pid: number;
  /** Of the run: first the one that answers, then the others, those that have ended with their end. */
  readonly processes: readonly {
    readonly pid: number;
    readonly title: string;
    readonly rssBytes?: number;
    readonly endedAt?: number | null;
  }[];
  readonly sampling: {
    readonly recording: boolean;
    readonly intervalMs: number;
    /** How samples find their request: V8's own context frames, async hooks, or not at all. */
    readonly tracking: 'async-context-frame' | 'async-hooks' | 'none';
    readonly samples: number;
    readonly idleSamples: number;
    /** Idle samples that the sampling thread, which had to wait for a core, took right after work that they should have hit: short work counts for less. */
    readonly missedSamples: number;
    /** Samples that are in no profile, by reason; nothing is dropped without being counted here. */
    readonly discarded: Readonly<Record<'warmup' | 'ignored' | 'profiler' | 'unresolved' | 'unmatched', number>>;
    /**
     * All CPU time of the thread, and where it is that is in no profile: with discarded samples, the profiler's own work among them, or taken by the sampler itself
     * where the thread was idle; owed to the next samples; held back for requests whose route is not known yet.
     */
    readonly cpuMs: {
      readonly thread: number;
      readonly discarded: number;
      readonly owed: number;
      readonly held: number;
    };
    readonly samplerRestarts: number;
  };
  readonly requests: { readonly ended: number; readonly open: number };
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
  /** Where runs are kept, null for memory. */
  readonly store: { readonly folder: string | null };
  readonly overhead: {
    /** Time that rotations held the host's thread. */
    readonly rotationMs: Quantiles;
    /** Rotations, samples in the profiler's own code and the sampling of the idle thread, as a share of the time since the start. */
    readonly mainThreadShare: number;
    readonly collectorHeapBytes: number;
    readonly slots: number;
    readonly retiredSlots: number;
  };
  /** What is pushed to `push_url`, null where nothing is. */
  readonly push: PushStatus | null;
  /** The capture that runs, null while none does. */
  readonly capture: CaptureSummary | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** Counters since the start; a batch is some seconds of one process. */
export interface PushStatus {
  readonly format: string;
  readonly sent: number;
  readonly sentBytes: number;
  /** Milliseconds since the epoch; null before the first. */
  readonly lastSentAt: number | null;
  readonly queued: number;
  readonly queuedBytes: number;
  /** Batches thrown away because the queue was full. */
  readonly dropped: number;
  /** Batches that the server will not take. */
  readonly rejected: number;
  /** Tries that failed, for whatever reason. */
  readonly failures: number;
  /** Of the last try; null where that one worked. */
  readonly lastError: string | null;
}

/** `api/v1/runs`. */
export interface RunsAnswer {
  /** The newest first. */
  readonly runs: readonly RunSummary[];
}

/** A profile as JSON: the columns are plain arrays. */
export type ProfileAnswer = Profile;

/** `api/v1/slices`: the selection in slices of time, which sum to it; none where they cannot be told apart. */
export interface SlicesAnswer {
  readonly slices: readonly ProfileAnswer[];
}

/** `api/v1/diff`. */
export type DiffAnswer = ProfileDiff;

/** `api/v1/requests?route=&sort=&limit=`: the slowest requests, of each route so many. */
export interface RequestsAnswer {
  /** Requests at least this long are kept. */
  readonly slowMs: number;
  readonly requests: readonly KeptRequest[];
}

/** `api/v1/requests/ID`. */
export type RequestAnswer = RequestTimeline;
