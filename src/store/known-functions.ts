/** One object for each function, whichever files it is read from: most files of a run have the same functions. */

import { fromPprofNames } from '../export/pprof-names.ts';
import { routeFunction } from '../profile/by-route.ts';
import type { FunctionInfo } from '../profile/profile.ts';

/** Of about 300 bytes. Past it they are met anew. */
const MAX_FUNCTIONS = 50_000;

export class KnownFunctions {
  readonly #byKey = new Map<string, FunctionInfo>();

  /** By what a pprof file says of a function (export/pprof-names.ts). */
  named(name: string, systemName: string, file: string, line: number, column: number): FunctionInfo {
    // Lengths in front, so that no name can be chosen to look like another's key.
    const key = `${line}:${column}:${name.length}:${file.length}:${name}${file}${systemName}`;
    return this.#find(key, () => fromPprofNames(name, systemName, { file, line, column }));
  }

  route(route: string): FunctionInfo {
    return this.#find(`route ${route}`, () => routeFunction(route));
  }

  clear(): void {
    this.#byKey.clear();
  }

  #find(key: string, make: () => FunctionInfo): FunctionInfo {
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size >= MAX_FUNCTIONS) this.#byKey.clear();
    const made = make();
    this.#byKey.set(key, made);
    return made;
  }
}
