/** Remembers which requests have been traced, by what their URLs begin with: routes are not known when a request begins. */

/** As many kinds are told apart. A power of two. */
const KINDS = 1024;
/** Of a kind so many are new. */
const NEW = 3;
/** Of a path: most applications have their resources' names there. */
const SEGMENTS = 3;
const MAX_LENGTH = 64;
const SLASH = 47;
const QUERY = 63;
const ZERO = 48;
const NINE = 57;

export class Explored {
  readonly #seen = new Uint8Array(KINDS);

  /** Whether few requests like this were new before; it is one of them now. */
  isNew(method: string, url: string): boolean {
    const kind = kindOf(method, url);
    const seen = this.#seen[kind] as number;
    if (seen >= NEW) return false;
    this.#seen[kind] = seen + 1;
    return true;
  }
}

/** FNV-1a of the method, the first segments without their digits, which are ids, and how many segments there are. */
function kindOf(method: string, url: string): number {
  let hash = mix(mix(0x811c9dc5, method.charCodeAt(0)), method.length);
  let segments = 0;
  const length = Math.min(url.length, MAX_LENGTH);
  for (let at = 0; at < length; at++) {
    const code = url.charCodeAt(at);
    if (code === QUERY) break;
    if (code === SLASH) segments++;
    if (segments <= SEGMENTS && (code < ZERO || code > NINE)) hash = mix(hash, code);
  }
  hash = mix(hash, segments);
  return (hash ^ (hash >>> 16)) & (KINDS - 1);
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
