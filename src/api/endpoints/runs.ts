/** GET api/v1/runs: this run and the earlier ones of the same program. */

import { Query } from '../query.ts';
import { json } from '../respond.ts';
import type { RunsAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

export const runsEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/runs',
  async handle(request, backend) {
    new Query(request.query, []);
    await backend.refresh();
    const answer: RunsAnswer = { runs: backend.runs() };
    return json(answer);
  },
};
