/** Reads files that the host's code names: scripts and source maps. */

import { readFileSync, statSync } from 'node:fs';

/** Whether a script's name is that of a file: an absolute path, of either kind of system. */
export function isFilePath(script: string): boolean {
  return script.startsWith('/') || /^[a-z]:[\\/]/i.test(script);
}

/**
 * Code and maps are named by the host's code: they can be missing, huge, or a device without an end. Read at once, because this thread may
 * wait, and the threads of libuv's pool are the host's (see main.ts).
 *
 * @throws where it is no file, or larger than `maxBytes`
 */
export function readText(file: string, maxBytes: number): string {
  const found = statSync(file);
  if (!found.isFile() || found.size > maxBytes) throw new Error(`${file} is no file, or too large`);
  return readFileSync(file, 'utf8');
}

/** @returns undefined for a script that is no file, is gone or too large: made at run time, say. */
export function readScript(script: string, maxBytes: number): string | undefined {
  if (!isFilePath(script)) return undefined;
  try {
    return readText(script, maxBytes);
  } catch {
    return undefined;
  }
}
