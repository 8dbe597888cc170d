/** The part of the recorded data that a request asks for: `route`, `from`, `to`, `run`, `process`, `capture`. */

import { isRouteFunction } from '../profile/by-route.ts';
import type { Profile } from '../profile/profile.ts';
import { withCalls } from '../profile/with-calls.ts';
import type { Slice } from '../store/contract.ts';
import { sliceProfile } from '../store/slice-profile.ts';
import type { Backend } from './endpoints/contract.ts';
import { InvalidParameter, type Query } from './query.ts';

export const SELECTION_PARAMETERS = ['route', 'process', 'run', 'from', 'to', 'capture'] as const;

const MAX_TIME = 8.64e15;

/** @throws InvalidParameter for a run or process that is not this one, and for a route that has not been seen. */
export async function selectProfile(query: Query, backend: Backend): Promise<Profile> {
  const run = query.text('run');
  if (run !== undefined && run !== backend.run)
    throw new InvalidParameter(`run=${run} is not known; the current run is ${backend.run}`);
  const pid = query.number('process', 1, 2 ** 31);
  const processes = backend.status().processes;
  if (pid !== undefined && !processes.some((process) => process.pid === pid)) {
    throw new InvalidParameter(
      `process=${pid} is not known; known are ${processes.map((process) => process.pid).join(', ')}`,
    );
  }
  const capture = query.text('capture');
  if (capture !== undefined) return captureProfile(capture, query, backend);
  const { from, to } = windowOf(query);
  await backend.refresh();
  const slice = backend.query(from, to);
  const routes = query.texts('route');
  // A known route that is quiet in this window is an empty profile, not a mistake.
  const known = routes.length === 0 ? new Set<string>() : routesOf(backend.query());
  const unknown = routes.find((route) => !known.has(route));
  if (unknown !== undefined && known.size > 0)
    throw new InvalidParameter(`route=${unknown.slice(0, 80)} has not been seen`);
  const wanted = routes.length === 0 ? null : new Set(routes);
  return sliceProfile(slice, wanted);
}

/** The profile of a capture's own time with the calls counted in it: beside times of another window they would lie. */
function captureProfile(id: string, query: Query, backend: Backend): Profile {
  const found = backend.captures.find(id);
  if (!found?.slice || found.summary.kind !== 'calls' || !found.result)
    throw new InvalidParameter(`capture=${id.slice(0, 80)} is no finished capture of calls; the last ten are kept`);
  const other = ['route', 'from', 'to'].find((name) => query.text(name) !== undefined);
  if (other !== undefined)
    throw new InvalidParameter(
      `${other} and capture exclude each other: calls are counted over the whole capture and all routes`,
    );
  return withCalls(sliceProfile(found.slice, null), found.result.functions);
}

/** Also those of which there are only samples: background work, requests that are open. */
function routesOf({ figures, tree }: Slice): ReadonlySet<string> {
  return new Set([...figures.keys(), ...tree.functions.filter(isRouteFunction).map((info) => info.name)]);
}

/** Milliseconds since the epoch. @throws InvalidParameter */
export function windowOf(query: Query): { readonly from: number | undefined; readonly to: number | undefined } {
  const from = query.number('from', 0, MAX_TIME);
  const to = query.number('to', 0, MAX_TIME);
  if (from !== undefined && to !== undefined && from > to) throw new InvalidParameter('from is after to');
  return { from, to };
}
