/**
 * Knows which function made a closure: the one around it in the source, which ran when the closure came to be. That is all there is to learn from for callbacks that are given
 * to `then` or to an event emitter: V8 shows nothing above them.
 */

import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';
import { functionPlace, LineIndex } from '../capture/function-place.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import { readScript } from './read-text.ts';

/** Larger scripts are bundles, which take half a second and more to parse. */
const MAX_SCRIPT_BYTES = 2 ** 20;
/** Files in which closures were looked for; past this it begins anew. */
const MAX_FILES = 200;

/** Functions of one file; code that is made anew all the time under one name must not grow it. */
const MAX_MET = 10_000;

/** A function where V8 puts it: the parenthesis that opens its parameters, or the start of an arrow function; 1-based. */
interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ScriptPlace extends Place {
  /** Path. */
  readonly file: string;
}

/** Names functions; positions of scripts are V8's, before any source map. */
export interface Positions {
  /** Where a function is in its script. */
  scriptPlace(info: FunctionInfo): ScriptPlace;
  /** Where a place in a script comes from, by the script's source map. */
  originalPlace(place: ScriptPlace): ScriptPlace;
}

/** Functions of a script by their place, and the one around each. */
type Makers = ReadonlyMap<string, Place | undefined>;

export class ClosureMakers {
  readonly #positions: Positions;
  /** Of files with closures whose makers were asked for: the functions that were met, by place. */
  readonly #met = new Map<string, Map<string, FunctionInfo>>();
  readonly #scripts = new Map<string, Makers>();
  #latest: readonly FunctionInfo[] = [];

  constructor(positions: Positions) {
    this.#positions = positions;
  }

  /** Takes note of functions that ran: they may have made one that is asked for. */
  meet(functions: readonly FunctionInfo[]): void {
    this.#latest = functions;
    if (this.#met.size === 0) return;
    for (const info of functions) {
      const met = this.#met.get(info.file);
      if (met && met.size < MAX_MET) met.set(placeOf(info), info);
    }
  }

  /** @returns the function nearest around this one that was met, undefined where there is none or nobody can tell yet. */
  makerOf(info: FunctionInfo): FunctionInfo | undefined {
    if (info.line === 0 || (info.category !== 'app' && info.category !== 'package')) return undefined;
    const met = this.#met.get(info.file) ?? this.#meetIn(info.file);
    const { file, ...place } = this.#positions.scriptPlace(info);
    let makers = this.#scripts.get(file);
    if (!makers) {
      // Only what begins before it can be around it: without any such, nothing is parsed.
      if (![...met.values()].some((other) => isBefore(other, info))) return undefined;
      const text = readScript(file, MAX_SCRIPT_BYTES);
      // Closures of what cannot be read stand where V8 shows them.
      makers = text === undefined ? new Map() : closureMakers(text);
      this.#scripts.set(file, makers);
    }
    for (let maker = makers.get(placeOf(place)); maker; maker = makers.get(placeOf(maker))) {
      const original = this.#positions.originalPlace({ file, ...maker });
      const found = original.file === info.file ? met.get(placeOf(original)) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  #meetIn(file: string): ReadonlyMap<string, FunctionInfo> {
    if (this.#met.size >= MAX_FILES) {
      this.#met.clear();
      this.#scripts.clear();
    }
    const here = this.#latest.filter((info) => info.file === file);
    const met = new Map(here.map((info) => [placeOf(info), info]));
    this.#met.set(file, met);
    return met;
  }
}

/** @returns of every function of a script, where V8 puts it, and the function around it; none of a text that is not JavaScript. */
export function closureMakers(text: string): Makers {
  const functions = functionsOf(text).sort((a, b) => a.start - b.start);
  const lines = new LineIndex(text);
  const makers = new Map<string, Place | undefined>();
  const around: { readonly end: number; readonly place: Place }[] = [];
  for (const { start, end } of functions) {
    while (around.length > 0 && (around.at(-1) as { end: number }).end <= start) around.pop();
    const place = lines.placeOf(functionPlace(text, start).offset);
    makers.set(placeOf(place), around.at(-1)?.place);
    around.push({ end, place });
  }
  return makers;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface SyntaxNode extends Span {
  readonly type: string;
  body: unknown;
}

/** What plugins of the parser extend; its types leave it out. */
type ParserBase = new (
  options: Acorn.Options,
  input: string,
) => { finishNode(node: SyntaxNode, type: string): SyntaxNode };

const FUNCTION_NODE = /^(?:Function(?:Declaration|Expression)|ArrowFunctionExpression)$/;

/** @returns none for what is not JavaScript. */
function functionsOf(text: string): Span[] {
  // Loaded when there is something to parse: most servers need it never.
  const { Parser } = createRequire(import.meta.url)('acorn') as typeof Acorn;
  for (const sourceType of ['script', 'module'] as const) {
    const spans: Span[] = [];
    const options = {
      ecmaVersion: 'latest',
      sourceType,
      allowHashBang: true,
      allowReturnOutsideFunction: sourceType === 'script',
    } as const;
    try {
      Parser.extend((Base) => noting(spans, Base)).parse(text, options);
      return spans;
    } catch {
      // The other kind of script, or no JavaScript at all.
    }
  }
  return [];
}

/** A parser that notes functions, and lets go of their bodies: a syntax tree is many times as large as its text. */
function noting(spans: Span[], base: typeof Acorn.Parser): typeof Acorn.Parser {
  const Base = base as unknown as ParserBase;
  const Noting = class extends Base {
    override finishNode(node: SyntaxNode, type: string): SyntaxNode {
      const finished = super.finishNode(node, type);
      if (FUNCTION_NODE.test(type)) {
        spans.push({ start: finished.start, end: finished.end });
        finished.body = null;
      }
      return finished;
    }
  };
  return Noting as unknown as typeof Acorn.Parser;
}

function placeOf({ line, column }: Place): string {
  return `${line}:${column}`;
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
