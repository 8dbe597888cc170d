/** GET api/v1/slices: the selected profile in slices of time, which tell how much its figures vary by themselves. */

import { Query } from '../query.ts';
import { json } from '../respond.ts';
import { SELECTION_PARAMETERS, selectProfile, selectSlices } from '../selection.ts';
import type { SlicesAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

export const slicesEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/slices',
  async handle(request, backend) {
    const query = new Query(request.query, SELECTION_PARAMETERS);
    const whole = await selectProfile(query, backend);
    const answer: SlicesAnswer = { slices: await selectSlices(query, backend, whole) };
    return json(answer);
  },
};
