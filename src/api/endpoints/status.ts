/** GET api/v1/status: the profiler about itself. */

import { Query } from '../query.ts';
import { json } from '../respond.ts';
import type { Endpoint } from './contract.ts';

export const statusEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/status',
  async handle(request, backend) {
    new Query(request.query, []);
    await backend.refresh();
    return json(backend.status());
  },
};
