/** What keeps recorded slices, of this run and of earlier ones: `memory-runs.ts` in the process, `directory-store.ts` in a folder. */

import type { DDSketch } from '@datadog/sketches-js';
import type { RequestTimeline } from '../profile/kept-request.ts';
import type { Profile } from '../profile/profile.ts';
import type { Blockers } from './blockers.ts';

/** Counts of one route's ended requests. */
export interface RequestFigures {
  requests: number;
  errors: number;
  /** Durations in microseconds: merging sketches of values around 1 goes wrong (@datadog/sketches-js 2.1, `_extendRange` and key 0). */
  readonly durations: DDSketch;
  /** Of which waits were traced. */
  traced: number;
  /** Durations of those and of the requests for which they stand, microseconds. */
  coveredMicros: number;
  /** Of traced requests, scaled to all. */
  readonly blockers: Blockers;
}

/** What was recorded between two rotations, attributed; or the sum of several such. */
export interface Slice {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Routes on the first level (profile/by-route.ts). */
  readonly tree: Profile;
  readonly figures: ReadonlyMap<string, RequestFigures>;
}

/** A part of what is kept. What is left out does not restrict it, but for `run`: without it, the current one. */
export interface Selection {
  readonly run?: string | undefined;
  /** Process id. */
  readonly process?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface ProcessSummary {
  readonly pid: number;
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
}

/** One start of a server, all its processes. */
export interface RunSummary {
  readonly id: string;
  /** The program's main file, from the folder it was started in. */
  readonly app: string;
  readonly startedAt: number;
  /** Null while one of its processes runs. */
  readonly endedAt: number | null;
  readonly processes: readonly ProcessSummary[];
  /** Requests that ended. */
  readonly requests: number;
  readonly isCurrent: boolean;
}

/** What the run's other processes ask of this one. */
export interface RunRequests {
  /** Somebody looks: rotate and `append`. */
  look(): Promise<void>;
  /** Somebody cleared the run: forget what was recorded so far. */
  clear(): Promise<void>;
  /** Its slow requests, which are kept with the run. */
  readonly slow: RequestSource;
}

/** The slow requests that a process keeps while it runs. */
export interface RequestSource {
  /** Differs from an earlier answer if anything of them does; 0 while there are none. */
  readonly changes: number;
  all(): readonly RequestTimeline[];
}

export interface Store {
  /** Id of the current run. */
  readonly run: string;
  /** Routes that had requests in this process since its start or the last `clear`. */
  readonly routeCount: number;
  /** What does not work at present. */
  readonly problems: readonly string[];
  /** Where runs are kept; null for memory. */
  readonly folder: string | null;
  /** Where what is to be pushed may wait, beside the app's runs; null for memory. */
  readonly pushFolder: string | null;
  append(slice: Slice): void;
  /** The sum of what is selected; empty where that is nothing. */
  query(selection?: Selection): Promise<Slice>;
  /** What is selected in at most so many slices of time, of about the same length; they sum to the whole, as far as it is kept in slices. */
  slices(selection: Selection, most: number): Promise<Slice[]>;
  /** Slow requests of what is selected. */
  requests(selection: Selection): Promise<readonly RequestTimeline[]>;
  /** Forgets the current run's recordings, of all its processes. */
  clear(): Promise<void>;
  /** The newest first. */
  runs(): readonly RunSummary[];
  /** The run of that id, the current one without. */
  findRun(id: string | undefined): RunSummary | undefined;
  /** Differs from an earlier answer if anything of the current run does. */
  revision(): string;
  /** Has the run's other processes write what they have recorded until now; waits for them, but not for long. */
  gather(): Promise<void>;
  /** @param requests called for what other processes ask, until `end`. */
  start(requests: RunRequests): void;
  /** The process ends. @param isForgotten whether what it recorded is deleted. */
  end(isForgotten: boolean): void;
}
