/**
 * Where V8's CPU profiles put a function, from where its coverage puts it. Coverage gives the function's first character; profiles give
 * the parenthesis that opens its parameters, except for arrow functions, whose first character is the same in both.
 */

export interface FunctionPlace {
  /** Offset in the script. */
  readonly offset: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
}

const ARROW_WITH_NAME = /^(async(?=\s))?\s*[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*\s*=>/u;
const ASYNC = /^async(?![\p{ID_Continue}$])(?!\s*\()/u;
/** Longer heads of functions are computed names of hundreds of characters. */
const MAX_HEAD = 4096;

/** @param start offset of the function's first character in the source of its script. */
export function functionPlace(source: string, start: number): FunctionPlace {
  const head = source.slice(start, start + MAX_HEAD);
  const here = { offset: start, isAsync: false, isGenerator: false };
  // Members' initializers and constructors that nobody wrote begin with their class.
  if (/^(?:class\b|\{|static\s*\{)/.test(head)) return here;
  const isAsync = ASYNC.test(head);
  if (head.startsWith('(')) return here;
  const arrow = ARROW_WITH_NAME.exec(head);
  if (arrow) return { ...here, isAsync: arrow[1] !== undefined };
  const open = openingParenthesis(head);
  if (open < 0) return here;
  if (/^async\s*$/.test(withoutComments(head.slice(0, open)))) {
    // An async arrow function, or a method of this name.
    const end = skip(head, open);
    if (/^(?:\s|\/\*[\s\S]*?\*\/)*=>/.test(head.slice(end))) return { ...here, isAsync: true };
    return { ...here, offset: start + open };
  }
  const isGenerator = /^(?:async\s*)?(?:function\s*)?\*/.test(withoutComments(head.slice(0, open)));
  return { offset: start + open, isAsync, isGenerator };
}

/** @returns the index of the first parenthesis that is in no comment, string or computed name; -1 for none. */
function openingParenthesis(text: string): number {
  for (let at = 0; at < text.length; at = skip(text, at)) if (text[at] === '(') return at;
  return -1;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ');
}

/** @returns the index after the comment, string, template, group or character that begins at `at`. */
function skip(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '/*') return after(text.indexOf('*/', at + 2), 2, text);
  if (two === '//') return after(text.indexOf('\n', at + 2), 1, text);
  const char = text[at] ?? '';
  if (char === '"' || char === "'" || char === '`') {
    let end = at + 1;
    while (end < text.length && text[end] !== char) end += text[end] === '\\' ? 2 : 1;
    return end + 1;
  }
  if (char === '[' || char === '(' || char === '{') {
    const close = char === '[' ? ']' : char === '(' ? ')' : '}';
    let end = at + 1;
    while (end < text.length && text[end] !== close) end = skip(text, end);
    return end + 1;
  }
  return at + 1;
}

function after(index: number, length: number, text: string): number {
  return index < 0 ? text.length : index + length;
}

/** Turns offsets of a text into lines and columns, 1-based. V8 ends lines where ECMAScript does. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) this.#starts.push(index + end.length);
  }

  placeOf(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
