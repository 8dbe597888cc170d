/**
 * What a SQL statement is called: its text without literals and comments. Where the text cannot be told from a literal for certain, the
 * rest of it is dropped: a label is data that leaves the database.
 */

/** Which quotes and comments there are. */
export type SqlDialect = 'postgresql' | 'mysql';

/** Longer statements are cut before they are looked at. */
const MAX_TEXT_LENGTH = 2000;
const MAX_LABEL_LENGTH = 250;
const CACHE_SIZE = 500;
const CUT = '…';
const ANY = '?';

/** Whatever is not quoted; quotes and comments are found by their first characters. Names may hold what is beyond ASCII. */
const NAME = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy;
const NUMBER = /\.?\d(?:e[+-]\d|[\w.])*/iy;
const DOLLAR_TAG = /\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy;
const SPACE = /\s+/y;
/** `(?, ?)` and `[?, ?]`, but for the arguments of a function; then `(?), (?)`. */
const LISTS =
  /(^|[^\w"`\u0080-\uffff]|\b(?:in|values|array))([([])\s*(\?|\$\d+|:\w+)(?:\s*,\s*(?:\?|\$\d+|:\w+))+\s*([)\]])/gi;
const ROWS = /(\((?:\?|\$\d+)\))(?:\s*,\s*\((?:\?|\$\d+)\))+/g;

const caches: Readonly<Record<SqlDialect, Map<string, string>>> = { postgresql: new Map(), mysql: new Map() };

/** @param text as the application gives it to the driver; parameters stay as they are. */
export function sqlLabel(text: string, dialect: SqlDialect): string {
  const cache = caches[dialect];
  const known = cache.get(text);
  if (known !== undefined) return known;
  const label = makeLabel(text, dialect);
  // All at once: an order of use costs more than it saves, and hot statements come back at once.
  if (cache.size >= CACHE_SIZE) cache.clear();
  if (text.length <= MAX_TEXT_LENGTH) cache.set(text, label);
  return label;
}

function makeLabel(text: string, dialect: SqlDialect): string {
  const isCut = text.length > MAX_TEXT_LENGTH;
  const bare = withoutLiterals(isCut ? text.slice(0, MAX_TEXT_LENGTH) : text, isCut, dialect);
  const label = bare.trim().replace(LISTS, '$1$2$3$4').replace(ROWS, '$1');
  return label.length > MAX_LABEL_LENGTH ? label.slice(0, MAX_LABEL_LENGTH) + CUT : label;
}

function withoutLiterals(text: string, isCut: boolean, dialect: SqlDialect): string {
  let label = '';
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at, dialect);
    // What the cut has taken the end of may be a literal that looks like a name.
    if (!token || (isCut && token.end >= text.length)) return label + CUT;
    label += token.shown === ' ' && label.endsWith(' ') ? '' : token.shown;
    at = token.end;
  }
  return isCut ? label + CUT : label;
}

interface Token {
  readonly end: number;
  readonly shown: string;
}

/** @returns null where it cannot be told what follows. */
function tokenAt(text: string, at: number, dialect: SqlDialect): Token | null {
  const isMysql = dialect === 'mysql';
  const first = text[at] as string;
  const second = text[at + 1] ?? '';
  const space = endOf(SPACE, text, at);
  if (space > 0) return { end: space, shown: ' ' };
  const isLineComment =
    (first === '-' && second === '-' && (!isMysql || isBlank(text[at + 2]))) || (first === '#' && isMysql);
  if (isLineComment) return { end: lineEnd(text, at, isMysql), shown: ' ' };
  if (first === '/' && second === '*') return shownAs(commentEnd(text, at, isMysql), ' ');
  if (first === "'" || (first === '"' && isMysql)) return shownAs(quoteEnd(text, at, false), ANY);
  if (first === '"' || (first === '`' && isMysql)) {
    const end = quoteEnd(text, at, false);
    return end === null ? null : { end, shown: text.slice(at, end) };
  }
  if (first === '$' && !isMysql) {
    const body = endOf(DOLLAR_TAG, text, at);
    if (body > 0) {
      const tag = text.slice(at, body);
      const close = text.indexOf(tag, body);
      return close < 0 ? null : { end: close + tag.length, shown: ANY };
    }
    // A parameter.
    const end = endOf(NUMBER, text, at + 1);
    if (end > 0) return { end, shown: text.slice(at, end) };
  }
  const name = endOf(NAME, text, at);
  if (name > 0) return nameToken(text, at, name, isMysql);
  const number = endOf(NUMBER, text, at);
  if (number > 0) return { end: number, shown: ANY };
  return { end: at + 1, shown: first };
}

/** A name right before a quote says how it is read: E'…', X'…', N'…', _utf8'…'. */
function nameToken(text: string, at: number, end: number, isMysql: boolean): Token | null {
  const name = text.slice(at, end);
  if (text[end] === "'" && /^(?:[benx]|_\w+)$/i.test(name))
    return shownAs(quoteEnd(text, end, !isMysql && /^e$/i.test(name)), ANY);
  if (!isMysql && /^u$/i.test(name) && text[end] === '&' && text[end + 1] === "'")
    return shownAs(quoteEnd(text, end + 1, false), ANY);
  return { end, shown: name };
}

function shownAs(end: number | null, shown: string): Token | null {
  return end === null ? null : { end, shown };
}

/**
 * @param hasEscapes a backslash escapes for certain. Otherwise the server's settings say whether it does, in both dialects.
 * @returns null where the quote has no end, or where that depends on those settings.
 */
function quoteEnd(text: string, at: number, hasEscapes: boolean): number | null {
  const quote = text[at] as string;
  let backslashes = 0;
  for (let next = at + 1; next < text.length; next++) {
    const character = text[next];
    if (character === '\\') {
      backslashes++;
      continue;
    }
    const isEscaped = backslashes % 2 === 1;
    backslashes = 0;
    if (character !== quote) continue;
    if (isEscaped && quote !== '`') {
      if (!hasEscapes) return null;
    } else if (text[next + 1] === quote) next++;
    else return next + 1;
  }
  return null;
}

/** PostgreSQL's comments nest. What MySQL executes although it is in a comment is text with literals of its own. */
function commentEnd(text: string, at: number, isMysql: boolean): number | null {
  if (isMysql) {
    if (/^(?:!|M!)/.test(text.slice(at + 2, at + 4))) return null;
    const end = text.indexOf('*/', at + 2);
    return end < 0 ? null : end + 2;
  }
  let depth = 0;
  for (let next = at; next < text.length - 1; next++) {
    const pair = text.slice(next, next + 2);
    if (pair !== '/*' && pair !== '*/') continue;
    depth += pair === '/*' ? 1 : -1;
    next++;
    if (depth === 0) return next + 1;
  }
  return null;
}

function lineEnd(text: string, at: number, isMysql: boolean): number {
  const end = text.slice(at).search(isMysql ? /\n/ : /[\r\n]/);
  return end < 0 ? text.length : at + end;
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || character <= ' ';
}

/** @returns -1 where the pattern does not begin here. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
