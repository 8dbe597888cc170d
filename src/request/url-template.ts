/** The route of a request that no framework routed: its path with ids, UUIDs and hashes replaced, `/users/42` -> `/users/:id`. */

const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Hex digests, object ids and ULIDs: long, and with at least one digit, unlike words. */
const HASH = /^(?=[^\d]*\d)(?:[0-9a-f]{8,}|[0-9A-F]{8,}|[0-9A-HJKMNP-TV-Z]{26})$/;
/** Tokens in base64url. Files have such names, too. */
const TOKEN = /^(?=[^\d]*\d)[\w-]{20,}$/;
/** `main.3f9a2c1b.js`, `chunk-4KZJW2QX.css`: the part between name and extension that a bundler made. */
const HASHED_FILE = /([.-])(?=[^.]*\d)[0-9A-Za-z_]{8,}(\.\w{1,5}(?:\.map)?)$/;
/** Of a file's name. */
export const EXTENSION: RegExp = /\.[A-Za-z]\w{0,4}$/;
/** A segment that is data as a whole. */
export const PLACEHOLDER: RegExp = /^:(?:id|uuid|hash|text)$/;
const MAX_SEGMENTS = 8;
const MAX_SEGMENT_LENGTH = 64;
const CACHE_SIZE = 1000;

const cache = new Map<string, string>();

/** @param path without query; need not be well-formed. @returns at most MAX_SEGMENTS segments, the rest as `*`. */
export function urlTemplate(path: string): string {
  const known = cache.get(path);
  if (known !== undefined) return known;
  const template = makeTemplate(path);
  // Clearing is cheaper than an order of use, and hot paths come back at once.
  if (cache.size >= CACHE_SIZE) cache.clear();
  if (path.length <= 256) cache.set(path, template);
  return template;
}

function makeTemplate(path: string): string {
  const segments = path.slice(0, 2048).split('/').slice(1);
  const named = segments.slice(0, MAX_SEGMENTS).map(nameSegment);
  if (segments.length > MAX_SEGMENTS) named.push('*');
  return `/${named.join('/')}`;
}

function nameSegment(segment: string): string {
  const [extension = ''] = EXTENSION.exec(segment) ?? [];
  const data = placeholderOf(segment.slice(0, segment.length - extension.length));
  if (data) return data + extension;
  if (TOKEN.test(segment)) return ':hash';
  if (segment.length > MAX_SEGMENT_LENGTH) return ':text';
  return segment.replace(HASHED_FILE, '$1:hash$2');
}

/** @param name without an extension. @returns undefined for what is no data as a whole. */
function placeholderOf(name: string): string | undefined {
  if (NUMBER.test(name)) return ':id';
  if (UUID.test(name)) return ':uuid';
  if (HASH.test(name)) return ':hash';
  return undefined;
}
