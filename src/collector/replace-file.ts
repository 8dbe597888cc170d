/**
 * Replaces a file that users have named, in a folder that may be others' as well: complete at any time, and nothing else is touched, neither what a link of
 * somebody else names nor what is no file, such as `/dev/null`.
 */

import { chmodSync, lstatSync, readlinkSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { realFiles, removeIfThere } from '../store/files.ts';

/** As a profile names functions and files. */
const PRIVATE_FILE = 0o600;
const PERMISSIONS = 0o777;
const MAX_LINKS = 10;

export interface Replaceable {
  readonly path: string;
  /** What is there, undefined where there is nothing. */
  readonly there: Stats | undefined;
}

/** @returns the file that is meant: own links, and root's, are followed. @throws with a reason for people where it cannot be replaced. */
export function findReplaceable(file: string): Replaceable {
  let path = file;
  for (let links = 0; links < MAX_LINKS; links++) {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined || there.isFile()) return { path, there };
    if (!there.isSymbolicLink()) throw new Error(`${path} is no file`);
    if (there.uid !== 0 && there.uid !== process.getuid?.()) throw new Error(`${path} is a link of another user`);
    path = resolve(dirname(path), readlinkSync(path));
  }
  throw new Error(`${file} is a link without end`);
}

/** A new file is its user's only; one that was there keeps its permissions. @throws what the system says; then the file is as it was. */
export function replaceFile(file: string, bytes: Uint8Array): void {
  const { path, there } = findReplaceable(file);
  const beside = `${path}.${process.pid}-${threadId}.tmp`;
  // What lies there is a dead process's, or a trap; and what appears after this is not opened.
  removeIfThere(realFiles, beside);
  try {
    writeFileSync(beside, bytes, { flag: 'wx', mode: PRIVATE_FILE });
    if (there) chmodSync(beside, there.mode & PERMISSIONS);
    renameSync(beside, path);
  } catch (error) {
    removeIfThere(realFiles, beside);
    throw error;
  }
}

/** Removes what `replaceFile` would replace, and nothing else. @throws what the system says. */
export function removeReplaceable(file: string): void {
  const { path, there } = findReplaceable(file);
  if (there) rmSync(path);
}
