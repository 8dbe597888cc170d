/** The function that a question is about: `name`, `file`, `line`, `column`. */

import type { FunctionPlace } from '../profile/same-function.ts';
import { InvalidParameter, type Query } from './query.ts';

export const FUNCTION_PARAMETERS = ['name', 'file', 'line', 'column'] as const;

const MAX_POSITION = 2 ** 31;

/** @throws InvalidParameter */
export function functionPlaceOf(query: Query): FunctionPlace {
  const name = query.text('name');
  if (name === undefined) throw new InvalidParameter('name is missing: the name of a function');
  return {
    name,
    file: query.text('file') ?? '',
    line: query.number('line', 0, MAX_POSITION) ?? 0,
    column: query.number('column', 0, MAX_POSITION) ?? 0,
  };
}
