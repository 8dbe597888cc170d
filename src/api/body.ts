/** Reads the body of an action. */

import { InvalidParameter } from './query.ts';

/** @throws InvalidParameter for anything but a JSON object. */
export function parseBody(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, as for any other body that is no object.
  }
  throw new InvalidParameter('the body must be a JSON object');
}
