/** What `profiler run` is asked to run: a script for Node.js, or any other program. */

import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { CliFailure } from './failure.ts';

export type RunTarget =
  /** Node.js itself, with its arguments; `node` is set where it was named. */
  | { readonly kind: 'node'; readonly node?: string; readonly args: readonly string[] }
  | { readonly kind: 'program'; readonly program: string; readonly args: readonly string[] };

const SCRIPT_NAME = /\.[cm]?[jt]sx?$/i;
const NODE_NAME = /^node(?:\.exe)?$/i;
const SHEBANG_BYTES = 256;

/** @throws CliFailure where a script is named that is not there */
export function runTarget(words: readonly string[], cwd: string): RunTarget {
  const [first = '', ...rest] = words;
  if (NODE_NAME.test(basename(first))) return { kind: 'node', node: first, args: rest };
  if (isScript(first, cwd)) return { kind: 'node', args: words };
  if (SCRIPT_NAME.test(first)) {
    throw new CliFailure(
      'PROFILER_E_SCRIPT',
      `there is no file ${resolve(cwd, first)}. Name the script that starts the server`,
    );
  }
  return { kind: 'program', program: first, args: rest };
}

/** A script's name without its ending is not taken for it where it may be a program's: `next` is not ./next.js. */
export function scriptNamedLike(word: string, cwd: string): string | null {
  return ['.js', '.mjs', '.cjs'].map((ending) => word + ending).find((name) => isFile(join(cwd, name))) ?? null;
}

function isScript(word: string, cwd: string): boolean {
  const path = resolve(cwd, word);
  if (isFile(path)) return SCRIPT_NAME.test(word) || startsWithNode(path) || (isPath(word) && !isExecutable(path));
  return isPath(word) && isResolvable(path);
}

function isPath(word: string): boolean {
  return /[\\/]/.test(word) || word === '.' || word === '..';
}

/** `.` and `./server`, as Node.js finds them: package.json's main, index.js, the ending left out. */
function isResolvable(path: string): boolean {
  try {
    createRequire(import.meta.url).resolve(path);
    return true;
  } catch {
    return false;
  }
}

/** `bin/www` of Express's generator, and what npm puts into node_modules/.bin. */
function startsWithNode(path: string): boolean {
  try {
    const descriptor = openSync(path, constants.O_RDONLY);
    try {
      const bytes = Buffer.alloc(SHEBANG_BYTES);
      const length = readSync(descriptor, bytes, 0, SHEBANG_BYTES, 0);
      return /^#![^\n]*\bnode\b/.test(bytes.toString('utf8', 0, length));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
