/** Route names and their indexes: bounded, whatever clients send (DESIGN: one million distinct URLs must not grow memory). */

const MAX_ROUTES = 500;
const MAX_NAME_LENGTH = 256;
export const OTHER_ROUTE = '(other)';

export class RouteTable {
  readonly #indexes = new Map<string, number>();
  /** method -> pattern -> index: saves building the name for each request. */
  readonly #byPattern = new Map<string, Map<string, number>>();
  #fresh: string[] = [];

  /** @returns the index of `METHOD pattern`, or of `(other)` when the table is full. */
  indexOf(method: string, pattern: string): number {
    const known = this.#byPattern.get(method)?.get(pattern);
    if (known !== undefined) return known;
    const index = this.indexOfName(`${method} ${pattern}`);
    // Names that were cut or overflowed are not remembered by pattern: that map must stay bounded as well.
    if (this.#indexes.size < MAX_ROUTES && pattern.length < MAX_NAME_LENGTH) this.#remember(method, pattern, index);
    return index;
  }

  indexOfName(name: string): number {
    const cut = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
    const known = this.#indexes.get(cut);
    if (known !== undefined) return known;
    if (this.#indexes.size >= MAX_ROUTES && cut !== OTHER_ROUTE) return this.indexOfName(OTHER_ROUTE);
    const index = this.#indexes.size;
    this.#indexes.set(cut, index);
    this.#fresh.push(cut);
    return index;
  }

  /** @returns the names added since the last call, in order of index. */
  takeFresh(): string[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  #remember(method: string, pattern: string, index: number): void {
    const patterns = this.#byPattern.get(method);
    if (patterns) patterns.set(pattern, index);
    else this.#byPattern.set(method, new Map([[pattern, index]]));
  }
}
