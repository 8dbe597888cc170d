/** Finds files by name below a folder, outside of node_modules. */

import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @returns paths relative to the folder, sorted. */
export function globSync(folder: string, name: RegExp): string[] {
  const found: string[] = [];
  const pending = [folder];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') pending.push(path);
      if (entry.isFile() && name.test(entry.name)) found.push(relative(folder, path));
    }
  }
  return found.sort();
}
