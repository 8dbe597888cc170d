/**
 * Where a function ends, from where V8 or a source map says that it begins: the parenthesis that opens its parameters, its name, or the
 * first character of an arrow function. Brackets are matched; strings, templates, comments and regular expressions are passed over.
 * JavaScript and TypeScript; a guess where neither is what it reads.
 */

/** Longer functions end where the reading does. */
const MAX_CHARACTERS = 2_000_000;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** After these a slash begins a regular expression, and a brace a type or an object. */
const BEFORE_VALUE =
  /(?:[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))$/;
/** After these a brace begins a type: `(): { a: string }`, `Promise<{ … }>`. */
const BEFORE_TYPE = /[:<|&,?]$/;
const CONTINUES_BEFORE = /(?:[,=:?&|+\-*/%<>^(]|=>)$/;
const CONTINUES_AFTER = /^(?:[.?:&|+*/%<>=^]|-(?!-)|instanceof\b|in\b)/;

/** @returns the offset after the function's last character; null where no function can be made out */
export function functionEnd(source: string, start: number): number | null {
  const text = source.slice(0, start + MAX_CHARACTERS);
  const isBlock = /^(?:\{|class\b|static\s*\{)/.test(text.slice(start, start + 20));
  let hasParameters = isBlock;
  for (let at = start; at < text.length; ) {
    const char = text[at] ?? '';
    if (char === '(') {
      at = groupEnd(text, at);
      hasParameters = true;
    } else if (char === '{') {
      const end = groupEnd(text, at);
      const before = text.slice(Math.max(0, at - 200), at).trimEnd();
      if (hasParameters && (isBlock || !BEFORE_TYPE.test(before))) return end;
      at = end;
    } else if (char === '[') at = groupEnd(text, at);
    else if (text.startsWith('=>', at)) return bodyEnd(text, at + 2);
    else if (char === ')' || char === ']' || char === '}' || char === ';') return null;
    else at = pieceEnd(text, at);
  }
  return null;
}

/** Of an arrow function: a block, or an expression up to what no longer belongs to it. */
function bodyEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at] ?? '')) at++;
  if (text[at] === '{') return groupEnd(text, at);
  const first = at;
  for (; at < text.length; ) {
    const char = text[at] ?? '';
    if (/[)\]},;]/.test(char)) return at;
    if (char === '\n' && at > first && isStatementEnd(text, at)) return at;
    at = CLOSING[char] === undefined ? pieceEnd(text, at) : groupEnd(text, at);
  }
  return at;
}

/** Whether a line without a semicolon ends an expression. */
function isStatementEnd(text: string, newline: number): boolean {
  const before = text.slice(Math.max(0, newline - 200), newline).trimEnd();
  const after = text.slice(newline, newline + 200).trimStart();
  return !CONTINUES_BEFORE.test(before) && !CONTINUES_AFTER.test(after);
}

/** @returns the offset after the bracket that closes the one at `start`, the text's length where none does. */
function groupEnd(text: string, start: number): number {
  const open = [CLOSING[text[start] ?? ''] ?? ''];
  let at = start + 1;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (CLOSING[char] !== undefined) open.push(CLOSING[char]);
    else if (char === open.at(-1)) {
      open.pop();
      if (open.length === 0) return at + 1;
    } else {
      at = pieceEnd(text, at);
      continue;
    }
    at++;
  }
  return at;
}

/** @returns the offset after the comment, string, template, regular expression or character at `at`. */
function pieceEnd(text: string, at: number): number {
  const char = text[at];
  if (char === '/') {
    if (text[at + 1] === '/') return endOf(text, text.indexOf('\n', at), 0);
    if (text[at + 1] === '*') return endOf(text, text.indexOf('*/', at + 2), 2);
    const before = text.slice(Math.max(0, at - 20), at).trimEnd();
    return before === '' || BEFORE_VALUE.test(before) ? regularExpressionEnd(text, at) : at + 1;
  }
  if (char === '"' || char === "'") return quotedEnd(text, at, char);
  return char === '`' ? templateEnd(text, at) : at + 1;
}

function quotedEnd(text: string, start: number, quote: string): number {
  let at = start + 1;
  // A string never runs over its line; an apostrophe in the text of JSX must not swallow the rest.
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function templateEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('${', at)) at = groupEnd(text, at + 1);
    else at++;
  }
  return at + 1;
}

function regularExpressionEnd(text: string, start: number): number {
  let isClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') return start + 1;
    if (char === '\\') at++;
    else if (char === '[') isClass = true;
    else if (char === ']') isClass = false;
    else if (char === '/' && !isClass) return at + 1;
  }
  return start + 1;
}

function endOf(text: string, index: number, length: number): number {
  return index < 0 ? text.length : index + length;
}
