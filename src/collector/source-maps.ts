/**
 * Source maps of the host's files: those that a file names (a file beside it, or inline), else those that Node.js itself holds for code
 * that a loader such as tsx transformed in memory.
 */

import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodedMappings, originalPositionFor, type SourceMapSegment, TraceMap } from '@jridgewell/trace-mapping';

export interface OriginalPosition {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

interface LoadedMap {
  readonly map: TraceMap;
  /** What the sources' names are relative to. */
  readonly folder: string;
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_MAPS = 500;
/** Mapped pieces in which a function's name is looked for: `m=`, `function(`, `e)`. */
const NAME_PIECES = 4;
/** The comment stands at the end of a file, an inline map with it. */
const MAPPING_URL = /\/\/[#@] ?sourceMappingURL=([^\s'"]+)\s*$/;
const TRANSFORMED = /\.[cm]?tsx?$|\.jsx$/;

export class SourceMaps {
  /** null: the file has none. */
  readonly #maps = new Map<string, LoadedMap | null>();
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
    const loaded = this.#maps.get(file);
    if (!loaded || line === 0) return null;
    const { map, folder } = loaded;
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
    if (found.source === null) return null;
    return {
      file: sourcePath(found.source, folder),
      line: found.line,
      column: found.column + 1,
      name: (name === '' ? null : nameBefore(map, line, column, name.length)) ?? name,
    };
  }

  async #find(file: string): Promise<LoadedMap | null> {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) return null;
    const text = await readFile(file, 'utf8');
    const url = MAPPING_URL.exec(text.slice(text.lastIndexOf('sourceMappingURL=') - 4))?.[1];
    if (url?.startsWith('data:')) return parseMap(decodeDataUrl(url), file);
    if (url) {
      const mapFile = resolve(dirname(file), decodeURIComponent(url));
      return parseMap(await readFile(mapFile, 'utf8'), mapFile);
    }
    const held = TRANSFORMED.test(file) ? await this.#askHost(file) : null;
    return held === null ? null : parseMap(held, file);
  }

  #dropOldest(): void {
    const oldest = this.#maps.keys().next();
    if (!oldest.done) this.#maps.delete(oldest.value);
  }
}

/** @param mapFile the file that holds the map: its sources are relative to it. */
function parseMap(json: string, mapFile: string): LoadedMap {
  // https://tc39.es/ecma426/#sec-json-source-map-format: a prefix against inclusion as a script is allowed.
  return { map: new TraceMap(json.replace(/^\)\]\}'[^\n]*\n/, '')), folder: dirname(mapFile) };
}

/**
 * The original name of a minified function. V8 says where the parameters begin (`function m(e)`) or where the function does
 * (`m=async e=>`, `m=function(e)`); its short name stands a little before, in a mapped piece of just that length.
 */
function nameBefore(map: TraceMap, line: number, column: number, length: number): string | null {
  const pieces = decodedMappings(map)[line - 1] ?? [];
  const last = lastBefore(pieces, column);
  for (let at = last; at >= 0 && at > last - NAME_PIECES; at--) {
    const [start = 0, , , , name] = pieces[at] ?? [];
    const end = at === last ? column - 1 : (pieces[at + 1]?.[0] ?? 0);
    // With the `=` or `(` that follows it.
    if (name !== undefined && end - start - length >= 0 && end - start - length <= 1) return map.names[name] ?? null;
  }
  return null;
}

/** @returns the index of the last piece that starts before a 1-based column, -1 for none. A bundle can be one line of a million pieces. */
function lastBefore(pieces: readonly SourceMapSegment[], column: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.[0] ?? 0) < column) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function decodeDataUrl(url: string): string {
  const comma = url.indexOf(',');
  const data = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(';base64')
    ? Buffer.from(data, 'base64').toString('utf8')
    : decodeURIComponent(data);
}

function sourcePath(source: string, folder: string): string {
  if (source.startsWith('file:')) {
    try {
      return fileURLToPath(source);
    } catch {
      return source;
    }
  }
  // webpack://name/./src/x.ts and the like name no file on this disk.
  if (/^[a-z][a-z+.-]+:/i.test(source)) return source;
  return resolve(folder, source);
}
