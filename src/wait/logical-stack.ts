/**
 * What a captured stack says of an operation: who called which function of Node.js, and whether the outermost caller is known.
 * Frames of Node.js itself are left out at both ends: the call is the operation's label, and how the event loop came to the
 * application's first function is the same for all.
 */

import { CALLBACK_FRAME } from '../request/bound-callback.ts';
import { STACK_DEPTH } from './call-stack.ts';
import { isResuming } from './is-resuming.ts';

/** A position in a script as a call site has it: where the function's text starts. */
export interface StackFrame {
  /** '' where the source gives none. */
  readonly name: string;
  /** A path, a file: or a node: URL. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface LogicalStack {
  /** Innermost first; without frames of Node.js at either end. */
  readonly frames: readonly StackFrame[];
  /** The function of Node.js that was called, such as `fs.readFile`; '' where none was. */
  readonly api: string;
  /** Whether Node.js called the outermost frame for an event; otherwise it was resumed after an await, or the stack is cut. */
  readonly isRooted: boolean;
  /** The call was made by one of Node.js's HTTP clients, whose own operation spans it. */
  readonly isOfHttpClient: boolean;
}

const HTTP_CLIENT = /^node:(?:_http_(?:agent|client)|https|internal\/deps\/undici)/;
/** Modules whose functions only wrap others: promisify, hooks. */
const WRAPPERS: ReadonlySet<string> = new Set(['util', 'async_hooks']);
/** Functions inside of Node.js that go on with what one of its own began. */
const CONTINUATIONS: Readonly<Record<string, string>> = {
  'fs.promises.readFileHandle': 'fs.promises.readFile',
  'fs.promises.writeFileHandle': 'fs.promises.writeFile',
};

/** @param isOwn whether a script is the profiler's. */
export function logicalStack(captured: readonly NodeJS.CallSite[], isOwn: (script: string) => boolean): LogicalStack {
  const callSites = withinCallback(captured, isOwn);
  let first = 0;
  let api = '';
  let isOfHttpClient = false;
  for (; first < callSites.length; first++) {
    const callSite = callSites[first] as NodeJS.CallSite;
    const script = scriptOf(callSite);
    if (script === '' || isOwn(script)) continue;
    if (!script.startsWith('node:')) break;
    if (HTTP_CLIENT.test(script)) isOfHttpClient = true;
    api = apiName(script, callSite.getFunctionName()) ?? api;
  }
  // Frames of awaiting callers follow those of the calls that are on the stack, below which is what resumed them.
  const firstAsync = callSites.findIndex((callSite) => callSite.isAsync());
  const callsEnd = firstAsync < 0 ? callSites.length : firstAsync;
  let end = Math.max(first, callsEnd);
  while (end > first && isPlumbing(scriptOf(callSites[end - 1] as NodeJS.CallSite), isOwn)) end--;
  const below = callSites[end];
  const isRooted =
    firstAsync < 0 && callSites.length < STACK_DEPTH && below !== undefined && !isResuming(below.getFunctionName());
  const frames: StackFrame[] = [];
  for (const callSite of [...callSites.slice(first, end), ...callSites.slice(Math.max(first, callsEnd))]) {
    const file = scriptOf(callSite);
    if (file === '' || isOwn(file)) continue;
    frames.push({
      name: callSite.getFunctionName() ?? '',
      file,
      line: callSite.getEnclosingLineNumber() ?? 0,
      column: callSite.getEnclosingColumnNumber() ?? 0,
    });
  }
  return { frames, api, isRooted, isOfHttpClient };
}

/** Without the library that called a callback which we bound to its request: it may have been at work for others. */
function withinCallback(
  callSites: readonly NodeJS.CallSite[],
  isOwn: (script: string) => boolean,
): readonly NodeJS.CallSite[] {
  const bound = callSites.findIndex((site) => site.getFunctionName() === CALLBACK_FRAME && isOwn(scriptOf(site)));
  return bound < 0 ? callSites : callSites.slice(0, bound + 1);
}

function isPlumbing(script: string, isOwn: (script: string) => boolean): boolean {
  return script === '' || script.startsWith('node:') || isOwn(script);
}

/** '' for functions of the language itself. */
function scriptOf(callSite: NodeJS.CallSite): string {
  return callSite.getScriptNameOrSourceURL() ?? '';
}

/** @returns null where the function is not one that applications call. */
function apiName(script: string, functionName: string | null): string | null {
  const name = functionName?.split('.').at(-1) ?? '';
  const module = /^node:(?:internal\/)?([a-z_0-9/]+)$/.exec(script)?.[1];
  if (!module || !/^[a-z]\w*$/i.test(name) || WRAPPERS.has(module)) return null;
  const api = `${module === 'fs/promises' ? 'fs.promises' : module.split('/', 1)[0]}.${name}`;
  return CONTINUATIONS[api] ?? api;
}
