/**
 * The stacks of operations as the collector knows them: functions named as those of samples are, so that both stand in one tree, and a
 * callback below the function that started what it waited for.
 */

import { placeKey } from '../profile/place-key.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import type { StackFrame } from '../wait/logical-stack.ts';
import type { FreshStacks } from '../wait/stack-table.ts';
import { functionStart } from './function-start.ts';
import { readScript } from './read-text.ts';
import { pathOfScript, type Symbolizer } from './symbolizer.ts';

const MAX_SCRIPT_BYTES = 8 * 2 ** 20;
/** Stacks put together of several; past this a callback's stack stays as it is. */
const MAX_JOINED = 20_000;
/** Functions of one of them. */
const MAX_DEPTH = 300;
/** Indices from here on are of joined stacks. */
const FIRST_JOINED = 2 ** 30;

export interface OperationStack {
  readonly label: string;
  /** Outermost first. */
  readonly functions: readonly FunctionInfo[];
  /** Whether Node.js called the outermost for an event. */
  readonly isRooted: boolean;
}

export class TraceStacks {
  readonly #symbolizer: Symbolizer;
  readonly #functions: (FunctionInfo | null)[] = [];
  readonly #stacks: OperationStack[] = [];
  readonly #joined: OperationStack[] = [];
  readonly #joinedByKey = new Map<string, number>();
  readonly #joinedByPair = new Map<string, number>();

  constructor(symbolizer: Symbolizer) {
    this.#symbolizer = symbolizer;
  }

  async add({ labels, frames, isRooted, functions }: FreshStacks): Promise<void> {
    const started = withStarts(functions);
    const symbolized = await this.#symbolizer.symbolize({
      name: started.map(({ name }) => name),
      file: started.map(({ file }) => file),
      line: Int32Array.from(started, ({ line }) => line),
      column: Int32Array.from(started, ({ column }) => column),
    });
    this.#functions.push(...symbolized.map(({ isOwn, isStorage, info }) => (isOwn || isStorage ? null : info)));
    for (const [at, label] of labels.entries()) {
      const stack = (frames[at] ?? []).toReversed().flatMap((index) => this.#functions[index] ?? []);
      this.#stacks.push({ label, functions: stack, isRooted: isRooted[at] ?? false });
    }
  }

  get(index: number): OperationStack | undefined {
    return index >= FIRST_JOINED ? this.#joined[index - FIRST_JOINED] : this.#stacks[index];
  }

  /** @returns the index of an operation's stack below that of the operation in whose callback it was started. */
  below(index: number, parentIndex: number): number {
    const pair = `${index}:${parentIndex}`;
    const known = this.#joinedByPair.get(pair);
    if (known !== undefined) return known;
    const stack = this.get(index);
    const parent = this.get(parentIndex);
    // A function that was resumed has callers of its own.
    if (!stack?.isRooted || !parent || this.#joinedByPair.size >= MAX_JOINED) return index;
    const functions = [...callersOfCallback(parent.functions, stack.functions[0]), ...stack.functions];
    const joined =
      functions.length > MAX_DEPTH ? index : this.#intern({ label: stack.label, functions, isRooted: parent.isRooted });
    this.#joinedByPair.set(pair, joined);
    return joined;
  }

  /** Equal stacks have one index: what starts itself again and again must not be a new stack each time. */
  #intern(stack: OperationStack): number {
    const key = `${stack.isRooted}\n${stack.label}\n${stack.functions.map(placeKey).join('\n')}`;
    const known = this.#joinedByKey.get(key);
    if (known !== undefined) return known;
    const index = FIRST_JOINED + this.#joined.push(stack) - 1;
    this.#joinedByKey.set(key, index);
    return index;
  }
}

/** @returns what stands above a callback, outermost first: of a function that starts itself again, what stood above it the first time. */
export function callersOfCallback(
  parent: readonly FunctionInfo[],
  callback: FunctionInfo | undefined,
): readonly FunctionInfo[] {
  if (!callback) return parent;
  const key = placeKey(callback);
  const itself = parent.findIndex((info) => placeKey(info) === key);
  return itself < 0 ? parent : parent.slice(0, itself);
}

/** Each script is read once per call: functions come in batches, most of them after the start. */
function withStarts(functions: readonly StackFrame[]): StackFrame[] {
  const scripts = new Map<string, readonly string[] | undefined>();
  for (const { file } of functions) if (!scripts.has(file)) scripts.set(file, linesOf(pathOfScript(file)));
  return functions.map((frame) => functionStart(frame, scripts.get(frame.file)));
}

/** @returns undefined where it cannot be read: its functions keep the positions they came with. */
function linesOf(path: string): readonly string[] | undefined {
  return readScript(path, MAX_SCRIPT_BYTES)?.split(/\r\n|[\n\r\u2028\u2029]/);
}
