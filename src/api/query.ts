/** Reads query parameters at the edge: what comes out is typed and bounded, what is wrong is an `InvalidParameter`. */

import { METRICS, type Metric } from '../profile/profile.ts';

/** Answered with 400 and this message. */
export class InvalidParameter extends Error {}

const MAX_VALUE_LENGTH = 2048;

export class Query {
  readonly #params: URLSearchParams;

  /** @param allowed every parameter this endpoint knows; others are an error, so that a misspelt one is not silently ignored. */
  constructor(query: string, allowed: readonly string[]) {
    this.#params = new URLSearchParams(query);
    for (const [name, value] of this.#params) {
      if (!allowed.includes(name))
        throw new InvalidParameter(`unknown parameter ${shown(name)}; known are ${allowed.join(', ') || 'none'}`);
      if (value.length > MAX_VALUE_LENGTH)
        throw new InvalidParameter(`${name} is longer than ${MAX_VALUE_LENGTH} characters`);
    }
  }

  text(name: string): string | undefined {
    const value = this.#params.get(name);
    return value === null || value === '' ? undefined : value;
  }

  /** All values of a parameter that may be repeated. */
  texts(name: string): string[] {
    return this.#params.getAll(name).filter((value) => value !== '');
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], otherwise: Value): Value {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new InvalidParameter(`${name}=${shown(value)} is not one of ${values.join(', ')}`);
    return found;
  }

  number(name: string, min: number, max: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max))
      throw new InvalidParameter(`${name}=${shown(value)} is not a number from ${min} to ${max}`);
    return number;
  }

  metric(): Metric {
    return this.oneOf('metric', METRICS, 'cpu');
  }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
