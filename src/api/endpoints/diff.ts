/** GET api/v1/diff: two selections compared, function by function; the earlier one's parameters begin with `base.`. */

import { type DiffSide, diffProfiles } from '../../profile/diff.ts';
import { InvalidParameter, Query } from '../query.ts';
import { json } from '../respond.ts';
import { SELECTION_PARAMETERS, selectProfile, selectSlices } from '../selection.ts';
import type { DiffAnswer } from '../types.ts';
import type { Backend, Endpoint } from './contract.ts';

const BASE = 'base.';

export const diffEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/diff',
  async handle(request, backend) {
    const { own, base } = split(request.query);
    const query = new Query(own, [...SELECTION_PARAMETERS, 'metric', 'limit']);
    const limit = query.number('limit', 1, 100_000) ?? Number.POSITIVE_INFINITY;
    if (base === '' && own === '')
      throw new InvalidParameter(`name two selections: route, from, to, and ${BASE}route, ${BASE}from, ${BASE}to`);
    const before = await sideOf(new Query(base, SELECTION_PARAMETERS), backend);
    const after = await sideOf(query, backend);
    const diff = diffProfiles(before, after, { metric: query.metric() });
    const answer: DiffAnswer = { ...diff, rows: diff.rows.slice(0, limit) };
    return json(answer);
  },
};

async function sideOf(query: Query, backend: Backend): Promise<DiffSide> {
  const profile = await selectProfile(query, backend);
  // A capture is one slice of its own.
  return { profile, slices: query.text('capture') === undefined ? await selectSlices(query, backend, profile) : [] };
}

/** @returns the query strings of the two sides. */
function split(query: string): { readonly own: string; readonly base: string } {
  const sides = { own: new URLSearchParams(), base: new URLSearchParams() };
  for (const [name, value] of new URLSearchParams(query)) {
    if (name.startsWith(BASE)) sides.base.append(name.slice(BASE.length), value);
    else sides.own.append(name, value);
  }
  return { own: sides.own.toString(), base: sides.base.toString() };
}
