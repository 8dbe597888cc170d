/** GET api/v1/function: the routes that reach a function, how much of each it is, and what captures say of it. */

import { functionRoutes } from '../../profile/function-routes.ts';
import { capturedFigures } from '../captured.ts';
import { FUNCTION_PARAMETERS, functionPlaceOf } from '../function-place.ts';
import type { FunctionAnswer } from '../function-types.ts';
import { Query } from '../query.ts';
import { json } from '../respond.ts';
import { PART_PARAMETERS, selectionOf } from '../selection.ts';
import type { Endpoint } from './contract.ts';

export const functionEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/function',
  async handle(request, backend) {
    const query = new Query(request.query, [...FUNCTION_PARAMETERS, 'metric', ...PART_PARAMETERS]);
    const place = functionPlaceOf(query);
    const metric = query.metric();
    const selection = selectionOf(query, backend);
    await backend.refresh(selection);
    const { tree } = await backend.query(selection);
    const answer: FunctionAnswer = {
      routes: functionRoutes(tree, place, metric),
      ...capturedFigures(backend.captures, place),
    };
    return json(answer);
  },
};
