/** The stacks of operations as the collector knows them: functions named as those of samples are, so that both stand in one tree. */

import type { FunctionInfo } from '../profile/profile.ts';
import type { StackFrame } from '../wait/logical-stack.ts';
import type { FreshStacks } from '../wait/stack-table.ts';
import { functionStart } from './function-start.ts';
import { isFilePath, readText } from './read-text.ts';
import { pathOfScript, type Symbolizer } from './symbolizer.ts';

const MAX_SCRIPT_BYTES = 8 * 2 ** 20;

export interface OperationStack {
  readonly label: string;
  /** Outermost first. */
  readonly functions: readonly FunctionInfo[];
  readonly isRooted: boolean;
}

export class TraceStacks {
  readonly #symbolizer: Symbolizer;
  readonly #functions: (FunctionInfo | null)[] = [];
  readonly #stacks: OperationStack[] = [];

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
    return this.#stacks[index];
  }
}

/** Each script is read once per call: functions come in batches, most of them after the start. */
function withStarts(functions: readonly StackFrame[]): StackFrame[] {
  const scripts = new Map<string, readonly string[] | undefined>();
  for (const { file } of functions) if (!scripts.has(file)) scripts.set(file, linesOf(pathOfScript(file)));
  return functions.map((frame) => functionStart(frame, scripts.get(frame.file)));
}

function linesOf(path: string): readonly string[] | undefined {
  if (!isFilePath(path)) return undefined;
  try {
    return readText(path, MAX_SCRIPT_BYTES).split(/\r\n|[\n\r\u2028\u2029]/);
  } catch {
    // Made at run time, or gone: the function keeps the position it came with.
    return undefined;
  }
}
