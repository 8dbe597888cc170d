/** GET api/v1/function: the routes that reach a function, how much of each it is, and what captures say of it. */

import { functionRoutes } from '../../profile/function-routes.ts';
import { capturedFigures } from '../captured.ts';
import { FUNCTION_PARAMETERS, functionPlaceOf } from '../function-place.ts';
import type { FunctionAnswer } from '../function-types.ts';
import { Query } from '../query.ts';
import { json } from '../respond.ts';
import { windowOf } from '../selection.ts';
import type { Endpoint } from './contract.ts';

export const functionEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/function',
  async handle(request, backend) {
    const query = new Query(request.query, [...FUNCTION_PARAMETERS, 'metric', 'from', 'to']);
    const place = functionPlaceOf(query);
    const metric = query.metric();
    const { from, to } = windowOf(query);
    await backend.refresh();
    const routes = functionRoutes(backend.query(from, to).tree, place, metric);
    const answer: FunctionAnswer = { routes, ...capturedFigures(backend.captures, place) };
    return json(answer);
  },
};
