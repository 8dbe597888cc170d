/**
 * Puts the position of a function as a call site has it where V8's profiler has it. A call site says where the function's text starts
 * (`async function name(`, `get name(`), the profiler where its parameters do; for arrow functions both are the same.
 */

import { functionPlace, LineIndex } from '../capture/function-place.ts';
import type { StackFrame } from '../wait/logical-stack.ts';

/** Heads of functions end within so many lines; what is longer stays where it is. */
const MAX_LINES = 8;

/** @param lines of the script; undefined where it cannot be read. */
export function functionStart(frame: StackFrame, lines: readonly string[] | undefined): StackFrame {
  const [first = '', ...rest] = lines?.slice(frame.line - 1, frame.line - 1 + MAX_LINES) ?? [];
  const text = [first.slice(frame.column - 1, frame.column + 500), ...rest].join('\n');
  const { line, column } = new LineIndex(text).placeOf(functionPlace(text, 0).offset);
  return line === 1
    ? { ...frame, column: frame.column + column - 1 }
    : { ...frame, line: frame.line + line - 1, column };
}
