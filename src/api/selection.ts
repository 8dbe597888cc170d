/** The part of the recorded data that a request asks for: `route`, `from`, `to`, `run`, `process`, `capture`. */

import type { Profile } from '../profile/profile.ts';
import { withCalls } from '../profile/with-calls.ts';
import type { RunSummary, Selection, Slice } from '../store/contract.ts';
import { MAX_SLICES, routesOf, sliceProfile } from '../store/slice-profile.ts';
import type { Backend, RefreshUntil } from './endpoints/contract.ts';
import { InvalidParameter, type Query } from './query.ts';

/** Those of endpoints that are about all routes. */
export const PART_PARAMETERS = ['process', 'run', 'from', 'to'] as const;
export const SELECTION_PARAMETERS: readonly string[] = [...PART_PARAMETERS, 'route', 'capture'];

const MAX_TIME = 8.64e15;

/** @throws InvalidParameter for a run or process that is not known, and for a route that has not been seen. */
export async function selectProfile(query: Query, backend: Backend, until?: RefreshUntil): Promise<Profile> {
  const capture = query.text('capture');
  if (capture !== undefined) return captureProfile(capture, query, backend);
  const { slice, wanted } = await selectSlice(query, backend, until);
  return sliceProfile(slice, wanted);
}

export interface SelectedSlice {
  readonly slice: Slice;
  /** Routes, null for all. */
  readonly wanted: ReadonlySet<string> | null;
}

/** As `selectProfile`, of all but captures. */
export async function selectSlice(query: Query, backend: Backend, until?: RefreshUntil): Promise<SelectedSlice> {
  const selection = selectionOf(query, backend);
  await backend.refresh(selection, until);
  const slice = await backend.query(selection);
  const wanted = wantedRoutes(query);
  if (wanted !== null) await checkRoutes(wanted, slice, selection, backend);
  return { slice, wanted };
}

/** A known route that is quiet in this window is an empty profile, not a mistake. @throws InvalidParameter */
async function checkRoutes(
  wanted: ReadonlySet<string>,
  slice: Slice,
  { run }: Selection,
  backend: Backend,
): Promise<void> {
  const shown = routesOf(slice);
  const quiet = [...wanted].filter((route) => !shown.has(route));
  if (quiet.length === 0) return;
  const known = routesOf(await backend.query({ run }));
  const unknown = quiet.find((route) => !known.has(route));
  if (unknown !== undefined && known.size > 0)
    throw new InvalidParameter(`route=${unknown.slice(0, 80)} has not been seen`);
}

/**
 * The selection in slices of time of about the same length.
 * @param whole what `selectProfile` answered.
 * @returns none where some of it is no longer kept in slices
 */
export async function selectSlices(query: Query, backend: Backend, whole: Profile): Promise<Profile[]> {
  const wanted = wantedRoutes(query);
  const recorded = await backend.slices(selectionOf(query, backend), MAX_SLICES);
  const slices = recorded.map((slice) => sliceProfile(slice, wanted));
  const requests = slices.reduce((sum, slice) => sum + slice.requests, 0);
  // More came in meanwhile, perhaps.
  return requests >= whole.requests ? slices : [];
}

function wantedRoutes(query: Query): ReadonlySet<string> | null {
  const routes = query.texts('route');
  return routes.length === 0 ? null : new Set(routes);
}

/** The profile of a capture's own time with the calls counted in it: beside times of another window they would lie. */
function captureProfile(id: string, query: Query, backend: Backend): Profile {
  const found = backend.captures.find(id);
  if (!found?.slice || found.summary.kind !== 'calls' || !found.result)
    throw new InvalidParameter(`capture=${id.slice(0, 80)} is no finished capture of calls; the last ten are kept`);
  const other = ['route', 'from', 'to', 'run', 'process'].find((name) => query.text(name) !== undefined);
  if (other !== undefined)
    throw new InvalidParameter(
      `${other} and capture exclude each other: calls are counted over the whole capture and all routes, in one process`,
    );
  return withCalls(sliceProfile(found.slice, null), found.result.functions);
}

/** Without routes. @throws InvalidParameter for a run or process that is not known, and for a window that ends before it begins. */
export function selectionOf(query: Query, backend: Backend): Selection {
  const run = knownRun(query, backend);
  const process = query.number('process', 1, 2 ** 31);
  if (process !== undefined && !run.processes.some(({ pid }) => pid === process)) {
    const known = run.processes.map(({ pid }) => pid).join(', ');
    throw new InvalidParameter(`process=${process} is not known; known are ${known}`);
  }
  return { run: run.id, process, ...windowOf(query) };
}

/** The current one, unless another is named. @throws InvalidParameter for one that is not known */
export function knownRun(query: Query, backend: Backend): RunSummary {
  const id = query.text('run');
  const run = backend.findRun(id);
  if (run) return run;
  throw new InvalidParameter(`run=${(id ?? '').slice(0, 80)} is not known; the current run is ${backend.run}`);
}

function windowOf(query: Query): { readonly from: number | undefined; readonly to: number | undefined } {
  const from = query.number('from', 0, MAX_TIME);
  const to = query.number('to', 0, MAX_TIME);
  if (from !== undefined && to !== undefined && from > to) throw new InvalidParameter('from is after to');
  return { from, to };
}
