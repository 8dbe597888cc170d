/**
 * Source maps of the host's files: those that a file names (a file beside it, or inline), else those that Node.js itself holds for code
 * that a loader such as tsx transformed in memory.
 */

import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

export interface OriginalPosition {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_MAPS = 500;
/** The comment stands at the end of a file, an inline map with it. */
const MAPPING_URL = /\/\/[#@] ?sourceMappingURL=([^\s'"]+)\s*$/;
const TRANSFORMED = /\.[cm]?tsx?$|\.jsx$/;

export class SourceMaps {
  /** null: the file has none. */
  readonly #maps = new Map<string, TraceMap | null>();
  readonly #askHost: (file: string) => Promise<string | null>;

  /** @param askHost gets the map, as JSON, that the host's Node.js holds for a file that it transformed in memory. */
  constructor(askHost: (file: string) => Promise<string | null>) {
    this.#askHost = askHost;
  }

  /** Makes the maps of these files ready for `original`. Never throws: without a map, generated positions are shown. */
  async load(files: ReadonlySet<string>): Promise<void> {
    for (const file of files) {
      if (!file.startsWith('/') && !/^[a-z]:[\\/]/i.test(file)) continue;
      if (this.#maps.has(file)) continue;
      if (this.#maps.size >= MAX_MAPS) this.#dropOldest();
      this.#maps.set(file, await this.#find(file).catch(() => null));
    }
  }

  original(file: string, line: number, column: number, name: string): OriginalPosition | null {
    const map = this.#maps.get(file);
    if (!map || line === 0) return null;
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
    if (found.source === null) return null;
    // V8 says where the parameters begin; a minified function's own name stands right before.
    const named =
      name === '' ? null : originalPositionFor(map, { line, column: Math.max(0, column - 1 - name.length) });
    return {
      file: sourcePath(found.source, file),
      line: found.line,
      column: found.column + 1,
      name: (named?.line === found.line ? named.name : null) ?? name,
    };
  }

  async #find(file: string): Promise<TraceMap | null> {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) return null;
    const text = await readFile(file, 'utf8');
    const url = MAPPING_URL.exec(text.slice(text.lastIndexOf('sourceMappingURL=') - 4))?.[1];
    if (url?.startsWith('data:')) return parseMap(decodeDataUrl(url));
    if (url) return parseMap(await readFile(resolve(dirname(file), decodeURIComponent(url)), 'utf8'));
    const held = TRANSFORMED.test(file) ? await this.#askHost(file) : null;
    return held === null ? null : parseMap(held);
  }

  #dropOldest(): void {
    const oldest = this.#maps.keys().next();
    if (!oldest.done) this.#maps.delete(oldest.value);
  }
}

function parseMap(json: string): TraceMap {
  // https://tc39.es/ecma426/#sec-json-source-map-format: a prefix against inclusion as a script is allowed.
  return new TraceMap(json.replace(/^\)\]\}'[^\n]*\n/, ''));
}

function decodeDataUrl(url: string): string {
  const comma = url.indexOf(',');
  const data = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(';base64')
    ? Buffer.from(data, 'base64').toString('utf8')
    : decodeURIComponent(data);
}

function sourcePath(source: string, file: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source);
  // webpack://name/./src/x.ts and the like name no file on this disk.
  if (/^[a-z][a-z+.-]+:/i.test(source)) return source;
  return resolve(dirname(file), source);
}
