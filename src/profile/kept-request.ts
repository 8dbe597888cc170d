/** A slow request, kept whole: what it ran, what it waited for, and what others ran meanwhile, in order of time. */

import type { Column, FunctionInfo } from './profile.ts';

/** One kept request without its timeline. Times in milliseconds. */
export interface KeptRequest {
  /** Unique in the run. */
  readonly id: string;
  readonly route: string;
  readonly method: string;
  /** Path; with its query only where the option `url_query` says so. */
  readonly url: string;
  /** 0 where none was sent. */
  readonly status: number;
  readonly isAborted: boolean;
  /** Since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Its own, by sampling. */
  readonly cpuMs: number;
  /** Its own time on the thread. */
  readonly wallMs: number;
  /** Waits while it did not run, overlapping ones counted once; 0 where it was not traced. */
  readonly waitMs: number;
  /** What is left of the duration: event-loop delay and what is not instrumented. */
  readonly otherMs: number;
  /** Time on the thread of other requests, and of none, while it was open. */
  readonly othersMs: number;
  /** Whether its waits were recorded. */
  readonly isTraced: boolean;
  readonly pid: number;
}

/**
 * A kept request with its timeline. Times in columns are milliseconds since its start; rows are in order of time. A sample stands for a
 * stretch of time on the thread, which begins at `atMs`.
 */
export interface RequestTimeline extends KeptRequest {
  readonly functions: readonly FunctionInfo[];
  /** Indices into `functions`, outermost first. A wait's innermost function is of category `wait`; its name says what was awaited. */
  readonly stacks: readonly (readonly number[])[];
  readonly routes: readonly string[];
  readonly samples: { readonly atMs: Column; readonly stack: Column; readonly wallMs: Column; readonly cpuMs: Column };
  readonly waits: { readonly startMs: Column; readonly endMs: Column; readonly stack: Column };
  /** What ran for others: `route` is an index into `routes`. */
  readonly others: { readonly atMs: Column; readonly stack: Column; readonly wallMs: Column; readonly route: Column };
}
