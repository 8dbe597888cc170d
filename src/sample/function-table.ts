/** The functions of a native profile's nodes as columns, each once. */

import type { NativeNode } from './native.ts';
import type { CpuSegment } from './segment.ts';

type NativeFunction = Pick<NativeNode, 'name' | 'scriptName' | 'scriptId' | 'lineNumber' | 'columnNumber'>;

export class FunctionTable {
  readonly #indices = new Map<string, number>();
  readonly #name: string[] = [];
  readonly #file: string[] = [];
  readonly #line: number[] = [];
  readonly #column: number[] = [];

  indexOf({ name, scriptName, scriptId = 0, lineNumber = 0, columnNumber = 0 }: NativeFunction): number {
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${name}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.#name.push(name) - 1;
    this.#indices.set(key, index);
    this.#file.push(scriptName);
    this.#line.push(lineNumber);
    this.#column.push(columnNumber);
    return index;
  }

  columns(): CpuSegment['functions'] {
    return {
      name: this.#name,
      file: this.#file,
      line: Int32Array.from(this.#line),
      column: Int32Array.from(this.#column),
    };
  }
}
