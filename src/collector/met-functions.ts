/** Which functions ran in the requests of which route, or waited in them. */

/** Over all routes; past this it begins anew. */
const MAX_MET = 200_000;

export class MetFunctions {
  readonly #keys = new Map<string, Set<string>>();
  #size = 0;

  add(route: string, key: string): void {
    const keys = this.ofRoute(route) ?? new Set();
    this.#keys.set(route, keys);
    if (keys.has(key)) return;
    keys.add(key);
    if (++this.#size <= MAX_MET) return;
    this.#keys.clear();
    this.#size = 0;
  }

  ofRoute(route: string): Set<string> | undefined {
    return this.#keys.get(route);
  }
}
