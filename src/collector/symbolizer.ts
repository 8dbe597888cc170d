/** Names the sampled functions of a segment: file URLs to paths, source maps applied, categories, the profiler's own frames marked. */

import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classify } from '../profile/category.ts';
import { placeKey } from '../profile/place-key.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import { CALLBACK_FRAME } from '../request/bound-callback.ts';
import type { CpuSegment } from '../sample/segment.ts';
import type { Positions, ScriptPlace } from './closure-makers.ts';
import type { SourceMaps } from './source-maps.ts';

export interface SymbolizedFunction {
  readonly info: FunctionInfo;
  /** Part of the profiler itself. */
  readonly isOwn: boolean;
  /** Part of AsyncLocalStorage: folded where the profiler called it. */
  readonly isStorage: boolean;
  /** The profiler's own, below which a callback of a request begins: what stands above it is none of its callers. */
  readonly isCallbackFrame: boolean;
}

/** Cached functions; past this the cache starts again, so that generated code cannot grow it without bound. */
const MAX_CACHED = 50_000;
/** Where AsyncLocalStorage is: up to Node.js 20, and since. */
const ASYNC_STORAGE = /^node:(?:async_hooks$|internal\/async_local_storage)/;
const ANONYMOUS = '(anonymous)';
const MAX_NAME_LENGTH = 1024;

export class Symbolizer implements Positions {
  readonly #ownDirectory: string;
  readonly #sourceMaps: SourceMaps;
  readonly #cache = new Map<string, SymbolizedFunction>();
  /** Of functions that a source map puts elsewhere. */
  readonly #scriptPlaces = new Map<string, ScriptPlace>();

  constructor(ownDirectory: string, sourceMaps: SourceMaps) {
    this.#ownDirectory = ownDirectory.endsWith(sep) ? ownDirectory : ownDirectory + sep;
    this.#sourceMaps = sourceMaps;
  }

  /** @returns one entry per function of the segment. Source maps are read one after the other, and only for functions not met before. */
  async symbolize({ name, file, line, column }: CpuSegment['functions']): Promise<SymbolizedFunction[]> {
    const keys = name.map((functionName, at) => `${line[at]}:${column[at]}:${functionName}\n${file[at]}`);
    const symbolized = keys.map((key) => this.#cache.get(key));
    const unknown = new Map<string, number[]>();
    for (const [at, known] of symbolized.entries()) {
      if (known) continue;
      const path = pathOfScript(file[at] ?? '');
      const others = unknown.get(path);
      if (others) others.push(at);
      else unknown.set(path, [at]);
    }
    for (const [path, indexes] of unknown) {
      const isFinal = await this.#sourceMaps.load(path);
      for (const at of indexes) {
        const made = this.#make((name[at] ?? '').slice(0, MAX_NAME_LENGTH), path, line[at] ?? 0, column[at] ?? 0);
        symbolized[at] = made;
        if (isFinal) this.#remember(keys[at] ?? '', made);
      }
    }
    return symbolized as SymbolizedFunction[];
  }

  /** @returns the source-mapped line of a line of a script. */
  async originalLine(script: string, line: number): Promise<number> {
    const path = pathOfScript(script);
    await this.#sourceMaps.load(path);
    return this.#sourceMaps.originalLine(path, line);
  }

  /** @returns where a function that was symbolized is in its script. */
  scriptPlace(info: FunctionInfo): ScriptPlace {
    return this.#scriptPlaces.get(placeKey(info)) ?? info;
  }

  /** @returns where a place in a script comes from, as long as its source map is at hand. */
  originalPlace(place: ScriptPlace): ScriptPlace {
    return this.#sourceMaps.original(place.file, place.line, place.column, '') ?? place;
  }

  get size(): number {
    return this.#cache.size;
  }

  #remember(key: string, symbolized: SymbolizedFunction): void {
    if (this.#cache.size >= MAX_CACHED) {
      this.#cache.clear();
      this.#scriptPlaces.clear();
    }
    this.#cache.set(key, symbolized);
  }

  #make(name: string, path: string, line: number, column: number): SymbolizedFunction {
    const original = this.#sourceMaps.original(path, line, column, name);
    const position = original ?? { file: path, line, column, name };
    // V8 names a module's own code after its file or not at all.
    const shown =
      position.name === '' ? (line <= 1 && column <= 1 && path !== '' ? '(module)' : ANONYMOUS) : position.name;
    const { category, package: packageName } = classify(position.file, shown);
    const base = { name: shown, file: position.file, line: position.line, column: position.column, category };
    const isOwn = path.startsWith(this.#ownDirectory);
    const info = packageName === undefined ? base : { ...base, package: packageName };
    if (original) this.#scriptPlaces.set(placeKey(info), { file: path, line, column });
    return {
      info,
      isOwn,
      isStorage: ASYNC_STORAGE.test(path),
      isCallbackFrame: isOwn && name === CALLBACK_FRAME,
    };
  }
}

/** @param script what V8 calls a script: a path, a file: URL, a node: URL, wasm:, evalmachine… or ''. */
export function pathOfScript(script: string): string {
  if (!script.startsWith('file:')) return script;
  try {
    return fileURLToPath(script);
  } catch {
    return script;
  }
}
