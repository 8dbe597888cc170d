/**
 * The file operations of the store, one injectable object, so that a test can let any step of any of them fail. All are synchronous:
 * they run in the collector thread, and asynchronous ones would run in libuv's pool, which is the host's.
 */

import fs from 'node:fs';

export type Files = Pick<
  typeof fs,
  | 'chmodSync'
  | 'closeSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statSync'
  | 'unlinkSync'
  | 'utimesSync'
  | 'writeSync'
>;

export const realFiles: Files = fs;

const PRIVATE_FILE = 0o600;

export interface WriteOptions {
  /** Tells this writer's temporary files from others'. */
  readonly writer: string;
  /** Whether it must survive a power failure: before what it replaces is deleted. Else only the end of processes. */
  readonly isDurable?: boolean;
}

/** What systems answer where a file system knows no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** Name of a file that is being written: hidden, and of a writer that can be asked whether it lives. */
const TEMPORARY = /^\.(.+)~([^~]+)\.(?:tmp|first)$/;

/** @returns the writer's name; null for a file that is not one of these. */
export function writerOfTemporary(name: string): string | null {
  return TEMPORARY.exec(name)?.[2] ?? null;
}

/** Writes a file that appears complete or not at all. @throws what the system says; then there is nothing left of it. */
export function writeWhole(
  files: Files,
  folder: string,
  name: string,
  bytes: Uint8Array | string,
  { writer, isDurable = false }: WriteOptions,
): void {
  const temporary = `${folder}/.${name}~${writer}.tmp`;
  try {
    const descriptor = files.openSync(temporary, 'w', PRIVATE_FILE);
    try {
      const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
      // A disk that fills up takes a part.
      for (let at = 0; at < data.length; ) at += files.writeSync(descriptor, data, at);
      if (isDurable) sync(files, descriptor);
    } finally {
      files.closeSync(descriptor);
    }
    files.renameSync(temporary, `${folder}/${name}`);
  } catch (error) {
    removeIfThere(files, temporary);
    throw error;
  }
}

/**
 * Writes a file that appears complete, unless there is one of that name: of several processes one wins.
 * @returns whether it was this one @throws what the system says
 */
export function writeFirst(files: Files, folder: string, name: string, text: string, writer: string): boolean {
  const own = `.${name}~${writer}.first`;
  writeWhole(files, folder, own, text, { writer });
  try {
    // Unlike a rename it fails where there is one, and unlike opening the file it never shows an empty one.
    files.linkSync(`${folder}/${own}`, `${folder}/${name}`);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
    return openFirst(files, `${folder}/${name}`, text);
  } finally {
    removeIfThere(files, `${folder}/${own}`);
  }
}

/** For file systems without hard links. */
function openFirst(files: Files, file: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = files.openSync(file, 'wx', PRIVATE_FILE);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    files.writeSync(descriptor, text);
  } finally {
    files.closeSync(descriptor);
  }
  return true;
}

/** Makes a rename or a removal in a folder survive a power failure; where a folder cannot be opened, it does so by itself. */
export function syncFolder(files: Files, folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = files.openSync(folder, 'r');
  try {
    sync(files, descriptor);
  } finally {
    files.closeSync(descriptor);
  }
}

/** Node.js's permission model has no say over descriptors, so it forbids this: then a file outlives its process, but perhaps not a power failure. */
function sync(files: Files, descriptor: number): void {
  try {
    files.fsyncSync(descriptor);
  } catch (error) {
    if (codeOf(error) !== 'ERR_ACCESS_DENIED') throw error;
  }
}

/** @returns whether the file is gone. */
export function removeIfThere(files: Files, file: string): boolean {
  try {
    files.unlinkSync(file);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

/** @returns null where it is not there, cannot be read or is no JSON object. */
export function readRecord(files: Files, file: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(files.readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** @returns [] where the folder is not there; throws where it cannot be read. */
export function namesIn(files: Files, folder: string): string[] {
  try {
    return files.readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** @returns NaN where it is not there or cannot be looked at. */
export function modifiedMs(files: Files, file: string): number {
  try {
    return files.statSync(file).mtimeMs;
  } catch {
    return Number.NaN;
  }
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
