/** What keeps recorded slices. `memory-store.ts` keeps them in the process; a directory store would stand behind the same contract. */

import type { DDSketch } from '@datadog/sketches-js';
import type { Profile } from '../profile/profile.ts';
import type { Blockers } from './blockers.ts';

/** Counts of one route's ended requests. */
export interface RequestFigures {
  requests: number;
  errors: number;
  /** Durations in microseconds: merging sketches of values around 1 goes wrong (@datadog/sketches-js 2.1, `_extendRange` and key 0). */
  readonly durations: DDSketch;
  /** Of traced requests, scaled to all. */
  readonly blockers: Blockers;
}

/** What one process recorded between two rotations, attributed. */
export interface Slice {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Routes on the first level (profile/by-route.ts). */
  readonly tree: Profile;
  readonly figures: ReadonlyMap<string, RequestFigures>;
}

export interface Store {
  /** Routes that had requests since the start or the last `clear`. */
  readonly routeCount: number;
  append(slice: Slice): void;
  /** Everything recorded in a window; without bounds, since the start or the last `clear`. */
  query(from?: number, to?: number): Slice;
  clear(now: number): void;
}
