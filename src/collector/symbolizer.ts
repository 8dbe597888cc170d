/** Names the sampled functions of a segment: file URLs to paths, source maps applied, categories, the profiler's own frames marked. */

import { fileURLToPath } from 'node:url';
import { classify } from '../profile/category.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import type { CpuSegment } from '../sample/segment.ts';
import type { SourceMaps } from './source-maps.ts';

export interface SymbolizedFunction {
  readonly info: FunctionInfo;
  /** Part of the profiler itself. */
  readonly isOwn: boolean;
  /** Part of AsyncLocalStorage: folded where the profiler called it. */
  readonly isStorage: boolean;
}

/** Cached functions; past this the cache starts again, so that generated code cannot grow it without bound. */
const MAX_CACHED = 50_000;
const ASYNC_STORAGE = 'node:internal/async_local_storage';
const ANONYMOUS = '(anonymous)';
const MAX_NAME_LENGTH = 1024;

export class Symbolizer {
  readonly #ownDirectory: string;
  readonly #sourceMaps: SourceMaps;
  readonly #cache = new Map<string, SymbolizedFunction>();

  constructor(ownDirectory: string, sourceMaps: SourceMaps) {
    this.#ownDirectory = ownDirectory;
    this.#sourceMaps = sourceMaps;
  }

  /** @returns one entry per function of the segment. Reads source maps once per file. */
  async symbolize(functions: CpuSegment['functions']): Promise<SymbolizedFunction[]> {
    await this.#sourceMaps.load(new Set(functions.file.map(pathOfScript)));
    return functions.name.map((name, at) =>
      this.#resolve(name, functions.file[at] ?? '', functions.line[at] ?? 0, functions.column[at] ?? 0),
    );
  }

  get size(): number {
    return this.#cache.size;
  }

  #resolve(name: string, script: string, line: number, column: number): SymbolizedFunction {
    const key = `${line}:${column}:${name}\n${script}`;
    const known = this.#cache.get(key);
    if (known) return known;
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    const resolved = this.#make(name.slice(0, MAX_NAME_LENGTH), pathOfScript(script), line, column);
    this.#cache.set(key, resolved);
    return resolved;
  }

  #make(name: string, path: string, line: number, column: number): SymbolizedFunction {
    const original = this.#sourceMaps.original(path, line, column, name);
    const position = original ?? { file: path, line, column, name };
    // V8 names a module's own code after its file or not at all.
    const shown =
      position.name === '' ? (line <= 1 && column <= 1 && path !== '' ? '(module)' : ANONYMOUS) : position.name;
    const { category, package: packageName } = classify(position.file, shown);
    const base = { name: shown, file: position.file, line: position.line, column: position.column, category };
    return {
      info: packageName === undefined ? base : { ...base, package: packageName },
      isOwn: path.startsWith(this.#ownDirectory),
      isStorage: path.startsWith(ASYNC_STORAGE),
    };
  }
}

/** @param script what V8 calls a script: a path, a file: URL, a node: URL, wasm:, evalmachine… or ''. */
function pathOfScript(script: string): string {
  if (!script.startsWith('file:')) return script;
  try {
    return fileURLToPath(script);
  } catch {
    return script;
  }
}
