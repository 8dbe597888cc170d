/** GET api/v1/function: the routes that reach a function, and how much of each it is. */

import { functionRoutes } from '../../profile/function-routes.ts';
import { InvalidParameter, Query } from '../query.ts';
import { json } from '../respond.ts';
import { PART_PARAMETERS, selectionOf } from '../selection.ts';
import type { FunctionAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

const MAX_POSITION = 2 ** 31;

export const functionEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/function',
  async handle(request, backend) {
    const query = new Query(request.query, ['name', 'file', 'line', 'column', 'metric', ...PART_PARAMETERS]);
    const name = query.text('name');
    if (name === undefined) throw new InvalidParameter('name is missing: the name of a function');
    const place = {
      name,
      file: query.text('file') ?? '',
      line: query.number('line', 0, MAX_POSITION) ?? 0,
      column: query.number('column', 0, MAX_POSITION) ?? 0,
    };
    const metric = query.metric();
    const selection = selectionOf(query, backend);
    await backend.refresh(selection);
    const { tree } = await backend.query(selection);
    const answer: FunctionAnswer = { routes: functionRoutes(tree, place, metric) };
    return json(answer);
  },
};
