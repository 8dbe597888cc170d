/** What identifies a function across reloads, profiles and transforms, and hashes that follow from it. */

import type { FunctionInfo } from '../../src/profile/profile.ts';
import type { FlameTree } from './lead-fold.ts';

type Place = Pick<FunctionInfo, 'name' | 'file' | 'line' | 'column'>;

export function functionKey({ name, file, line, column }: Place): string {
  return file === '' ? name : `${name} (${file}:${line}:${column})`;
}

/** @returns -1 where the profile has no such function */
export function findFunction(functions: readonly FunctionInfo[], key: string): number {
  return functions.findIndex((info) => functionKey(info) === key);
}

/** A key's parts, for a function that the profile at hand does not have; null where a key names no file. */
export function placeOfKey(key: string): Place | null {
  const [, name, file, line, column] = /^([\s\S]*) \(([\s\S]+):(\d+):(\d+)\)$/.exec(key) ?? [];
  return name === undefined || file === undefined ? null : { name, file, line: Number(line), column: Number(column) };
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** Per node a hash of its whole stack: finds a node again in the next profile. */
export function stackHashes({ nodes, functions }: FlameTree): Uint32Array {
  const own = functions.map((info) => hashText(functionKey(info)));
  const hashes = new Uint32Array(nodes.parent.length);
  for (let node = 1; node < hashes.length; node++) {
    const above = hashes[nodes.parent[node] ?? 0] ?? 0;
    hashes[node] = Math.imul(above ^ (own[nodes.function[node] ?? -1] ?? 0), 0x9e3779b1) + 0x7f4a7c15 + (above << 6);
  }
  return hashes;
}
