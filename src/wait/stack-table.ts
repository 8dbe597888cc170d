/** Gives every different stack, and every function in them, a number; bounded, and told to the collector once. */

import type { LogicalStack, StackFrame } from './logical-stack.ts';

const MAX_STACKS = 20_000;
const MAX_LABEL_LENGTH = 300;
const MAX_NAME_LENGTH = 1024;
/** The stack of operations for which the table has no room. */
const OVERFLOW: Described = { label: '(truncated)', frames: [], isRooted: false };

type Described = Pick<LogicalStack, 'frames' | 'isRooted'> & { readonly label: string };

/** Stacks and functions in order of their index, since the last time. */
export interface FreshStacks {
  readonly labels: readonly string[];
  /** Indexes of functions, innermost first. */
  readonly frames: readonly (readonly number[])[];
  readonly isRooted: readonly boolean[];
  readonly functions: readonly StackFrame[];
}

export class StackTable {
  readonly #stacks = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  #fresh = emptyFresh();

  /** @returns the index of a stack. */
  indexOf(stack: Described): number {
    const label = stack.label.slice(0, MAX_LABEL_LENGTH);
    let key = `${stack.isRooted ? 1 : 0}${label}`;
    for (const { file, line, column } of stack.frames) key += `\n${line}:${column}:${file}`;
    const known = this.#stacks.get(key);
    if (known !== undefined) return known;
    if (this.#stacks.size >= MAX_STACKS && stack !== OVERFLOW) return this.indexOf(OVERFLOW);
    const index = this.#stacks.size;
    this.#stacks.set(key, index);
    this.#fresh.labels.push(label);
    this.#fresh.frames.push(stack.frames.map((frame) => this.#functionIndex(frame)));
    this.#fresh.isRooted.push(stack.isRooted);
    return index;
  }

  takeFresh(): FreshStacks {
    const fresh = this.#fresh;
    this.#fresh = emptyFresh();
    return fresh;
  }

  #functionIndex(frame: StackFrame): number {
    const key = `${frame.line}:${frame.column}:${frame.file}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const index = this.#functions.size;
    this.#functions.set(key, index);
    this.#fresh.functions.push({ ...frame, name: frame.name.slice(0, MAX_NAME_LENGTH) });
    return index;
  }
}

function emptyFresh(): { labels: string[]; frames: number[][]; isRooted: boolean[]; functions: StackFrame[] } {
  return { labels: [], frames: [], isRooted: [], functions: [] };
}
