/**
 * Source maps of the host's files: those that a file names (a file beside it, or inline), else those that Node.js itself holds for code
 * that a loader such as tsx transformed in memory.
 */

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  decodedMappings,
  FlattenMap,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  type SourceMapSegment,
  type TraceMap,
} from '@jridgewell/trace-mapping';
import { isFilePath, readText } from './read-text.ts';

export interface OriginalPosition {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

interface MapText {
  readonly json: string;
  /** Sources' names are relative to its folder. */
  readonly mapFile: string;
  /** Node.js has it of what it loaded; no file does. */
  readonly isHeld: boolean;
}

interface LoadedMap {
  readonly map: TraceMap;
  /** What the sources' names are relative to. */
  readonly folder: string;
  /** Length of its text. */
  readonly size: number;
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** Text of the maps that are kept; in memory they are several times larger. */
const MAX_KEPT = 16 * 1024 * 1024;
/** Files remembered, those without a map included. */
const MAX_FILES = 10_000;
/** Original files of which is remembered what they became; past this the oldest are forgotten, and read from disk. */
const MAX_SCRIPTS = 50_000;
/** Mapped pieces in which a function's name is looked for: `m=`, `function(`, `e)`. */
const NAME_PIECES = 4;
const MAPPING_COMMENT = 'sourceMappingURL=';
const MAPPING_URL = /\/[/*][#@]\s?sourceMappingURL=([^\s'"]+)\s*(?:\*\/\s*)?$/;
const TRANSFORMED = /\.[cm]?tsx?$|\.jsx$/;

/**
 * Gets the map, as JSON, that the host's Node.js holds for a file that it transformed in memory: null where there is none, undefined
 * where the host does not answer.
 */
type AskHost = (file: string) => Promise<string | null | undefined>;

export class SourceMaps {
  /** null: the file has none. */
  readonly #maps = new Map<string, LoadedMap | null>();
  #kept = 0;
  /** By original file: the script that it was made into. */
  readonly #scripts = new Map<string, string>();
  readonly #askHost: AskHost;

  constructor(askHost: AskHost) {
    this.#askHost = askHost;
  }

  /**
   * Makes the map of a file ready for `original`, at least until the next is loaded. Never throws: without a map, generated positions
   * are shown.
   * @returns false where the host has not said yet whether it holds a map: ask again.
   */
  async load(file: string): Promise<boolean> {
    if (!isFilePath(file)) return true;
    if (this.#maps.has(file)) return true;
    const found = await this.#find(file).catch(() => null);
    if (found === undefined) return false;
    this.#maps.set(file, found);
    this.#kept += found?.size ?? 0;
    while (this.#maps.size > 1 && (this.#kept > MAX_KEPT || this.#maps.size > MAX_FILES)) this.#dropOldest();
    return true;
  }

  /** @returns null where there is no map, or none that can be read. */
  original(file: string, line: number, column: number, name: string): OriginalPosition | null {
    const loaded = this.#maps.get(file);
    if (!loaded || line === 0) return null;
    const { map, folder } = loaded;
    try {
      const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) });
      if (!found.source) return null;
      const original = sourcePath(found.source, folder);
      if (!this.#scripts.has(original)) this.#rememberScript(original, file);
      return {
        file: original,
        line: found.line,
        column: found.column + 1,
        name: (name === '' ? null : nameBefore(map, line, column, name.length)) ?? name,
      };
    } catch {
      // Mappings are decoded only now; broken ones must not cost the segment.
      return null;
    }
  }

  /** @returns the line that the first mapped piece of a line of a loaded file came from; the line itself where there is none. */
  originalLine(file: string, line: number): number {
    const loaded = this.#maps.get(file);
    if (!loaded || line === 0) return line;
    try {
      return originalPositionFor(loaded.map, { line, column: 0, bias: LEAST_UPPER_BOUND }).line ?? line;
    } catch {
      // As in `original`.
      return line;
    }
  }

  /**
   * What an original file contained when its script was made. Its map is read once more, because contents are not kept.
   * @returns with the file that the map was read from, null where Node.js holds it; null where no map says it
   */
  async content(original: string): Promise<{ readonly text: string; readonly from: string | null } | null> {
    const script = this.#scripts.get(original);
    if (script === undefined) return null;
    const found = await this.#read(script).catch(() => null);
    if (!found) return null;
    const { sources, contents } = contentsOf(found.json);
    const at = sources.findIndex(
      (source) => source !== null && sourcePath(source, dirname(found.mapFile)) === original,
    );
    const text = contents[at] ?? null;
    return text === null ? null : { text, from: found.isHeld ? null : found.mapFile };
  }

  async #find(file: string): Promise<LoadedMap | null | undefined> {
    const found = await this.#read(file);
    return found ? parseMap(found.json, found.mapFile) : found;
  }

  /** The text of a script's map. */
  async #read(file: string): Promise<MapText | null | undefined> {
    const url = mappingUrl(readText(file, MAX_FILE_BYTES));
    if (url?.startsWith('data:')) return { json: decodeDataUrl(url), mapFile: file, isHeld: false };
    if (url !== undefined) {
      const mapFile = resolve(dirname(file), decodeURIComponent(url));
      return { json: readText(mapFile, MAX_FILE_BYTES), mapFile, isHeld: false };
    }
    const held = TRANSFORMED.test(file) ? await this.#askHost(file) : null;
    return typeof held === 'string' ? { json: held, mapFile: file, isHeld: true } : held;
  }

  #rememberScript(original: string, script: string): void {
    const [oldest] = this.#scripts.size < MAX_SCRIPTS ? [] : this.#scripts.keys();
    if (oldest !== undefined) this.#scripts.delete(oldest);
    this.#scripts.set(original, script);
  }

  #dropOldest(): void {
    for (const [file, loaded] of this.#maps) {
      this.#maps.delete(file);
      this.#kept -= loaded?.size ?? 0;
      return;
    }
  }
}

/** The last such comment, if only comments follow it: others stand in the code of tools. */
function mappingUrl(text: string): string | undefined {
  const at = text.lastIndexOf(MAPPING_COMMENT);
  if (at < 0) return undefined;
  const [comment = '', ...rest] = text.slice(text.lastIndexOf('\n', at) + 1).split('\n');
  if (rest.some((line) => line.trim() !== '' && !line.startsWith('//'))) return undefined;
  return MAPPING_URL.exec(comment.slice(Math.max(0, comment.lastIndexOf(MAPPING_COMMENT) - 4)))?.[1];
}

/** @param mapFile the file that holds the map: its sources are relative to it. */
function parseMap(json: string, mapFile: string): LoadedMap {
  const { sourcesContent: _, ...map } = JSON.parse(withoutPrefix(json));
  // Bundlers also write maps of maps: sections.
  return { map: FlattenMap(map), folder: dirname(mapFile), size: json.length };
}

function contentsOf(json: string): { sources: readonly (string | null)[]; contents: readonly (string | null)[] } {
  const { resolvedSources, sourcesContent } = FlattenMap(JSON.parse(withoutPrefix(json)));
  return { sources: resolvedSources, contents: sourcesContent ?? [] };
}

/** A prefix against inclusion as a script is allowed: https://tc39.es/ecma426/#sec-json-source-map-format. */
function withoutPrefix(json: string): string {
  return json.replace(/^\)\]\}'[^\n]*\n/, '');
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
    // With the `=` or `(` that follows it. The nearest piece of that length is the name, and where the map has none for it, it was kept.
    if (end - start - length < 0 || end - start - length > 1) continue;
    return name === undefined ? null : (map.names[name] ?? null);
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
