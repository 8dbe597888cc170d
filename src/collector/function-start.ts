/**
 * Puts the position of a function as a call site has it where V8's profiler has it. A call site says where the function's text starts
 * (`async function name(`, `get name(`), the profiler where its parameters do; for arrow functions both are the same.
 */

import type { StackFrame } from '../wait/logical-stack.ts';

/** A function's name and what may stand before it: keywords, `*`, `#`, a computed name. */
const HEAD =
  /^(?:(?:async|function|static|get|set)\b\s*|\*\s*)*(?:#?[\w$\u00a0-\uffff]+|'[^'\n]*'|"[^"\n]*"|\[[^\]\n]*\])?\s*(?=\()/;

/** @param lines of the script; undefined where it cannot be read. */
export function functionStart(frame: StackFrame, lines: readonly string[] | undefined): StackFrame {
  const text = lines?.[frame.line - 1]?.slice(frame.column - 1, frame.column + 500);
  const head = text === undefined ? undefined : HEAD.exec(text)?.[0];
  if (!head || isArrow(text as string, head)) return frame;
  return { ...frame, column: frame.column + head.length };
}

/** `async (x) => …` starts at its first word for both; `async(x) {` is a method of that name. */
function isArrow(text: string, head: string): boolean {
  return /^async\s*$/.test(head) && /^[^)]*\)\s*=>/.test(text.slice(head.length + 1));
}
