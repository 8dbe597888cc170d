/**
 * Counts calls of async functions on the host's thread while a capture of calls runs: V8's counter counts their resumptions as well, but
 * a call makes the function's promise, which has no parent, at the very place where the function begins. Generators make none.
 */

import { promiseHooks } from 'node:v8';

/** Columns, one entry per place at which promises without a parent were made. */
export interface AsyncCalls {
  /** A path or URL, as V8 has it. */
  readonly file: readonly string[];
  readonly line: readonly number[];
  readonly column: readonly number[];
  readonly calls: readonly number[];
  /** False where there were more places than are kept. */
  readonly complete: boolean;
}

/** Far more than a program has async functions. */
const MAX_PLACES = 50_000;

/** Where there are several hooks, Node.js's async hooks among them, it calls each from frames of its own. */
const HOOKS_FILE = 'node:internal/promise_hooks';
const STACK_DEPTH = 5;

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  calls: number;
}

export class AsyncCallCounter {
  readonly #onFailure: (error: unknown) => void;
  readonly #places = new Map<string, Place>();
  #stopHook: (() => void) | undefined;
  #complete = true;
  #busy = false;

  /** @param onFailure called at most once; the counter has stopped then. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  start(): void {
    const onInit = (_promise: unknown, parent: unknown): void => {
      // Awaits and `then` have a parent. An exception in a hook would end the process.
      if (parent !== undefined || this.#busy) return;
      this.#busy = true;
      try {
        this.#count(onInit);
      } catch (error) {
        this.#complete = false;
        this.#end();
        this.#onFailure(error);
      } finally {
        this.#busy = false;
      }
    };
    this.#stopHook = promiseHooks.onInit(onInit as Parameters<typeof promiseHooks.onInit>[0]) as () => void;
  }

  /** Ends it. @returns what was counted. */
  stop(): AsyncCalls {
    this.#end();
    const places = [...this.#places.values()];
    this.#places.clear();
    return {
      file: places.map(({ file }) => file),
      line: places.map(({ line }) => line),
      column: places.map(({ column }) => column),
      calls: places.map(({ calls }) => calls),
      complete: this.#complete,
    };
  }

  #end(): void {
    this.#stopHook?.();
    this.#stopHook = undefined;
  }

  #count(above: (...args: never[]) => void): void {
    const site = callSite(above);
    const file = site?.getFileName();
    if (!site || !file) return;
    const line = site.getLineNumber() ?? 0;
    const column = site.getColumnNumber() ?? 0;
    const key = `${line}:${column}:${file}`;
    const known = this.#places.get(key);
    if (known) known.calls++;
    else if (this.#places.size < MAX_PLACES) this.#places.set(key, { file, line, column, calls: 1 });
    else this.#complete = false;
  }
}

/** The innermost frame that called a hook; the host's own settings for stack traces are as before when it returns. */
function callSite(hook: (...args: never[]) => void): NodeJS.CallSite | undefined {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = STACK_DEPTH;
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    Error.captureStackTrace(holder, hook);
    const sites = holder.stack as readonly NodeJS.CallSite[];
    return sites[sites.findLastIndex((site) => site.getFileName() === HOOKS_FILE) + 1];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
  }
}
