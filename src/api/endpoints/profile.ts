/** GET api/v1/profile: the call tree of the selected routes and window. */

import { Query } from '../query.ts';
import { json } from '../respond.ts';
import { SELECTION_PARAMETERS, selectProfile } from '../selection.ts';
import type { Endpoint } from './contract.ts';

export const profileEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/profile',
  async handle(request, backend) {
    return json(await selectProfile(new Query(request.query, SELECTION_PARAMETERS), backend));
  },
};
