/** Is the built agent there, and not older than its sources? */

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['package.json', 'scripts/build.mjs', 'register', 'src', 'ui'];

/** @returns {boolean} false where anything in the sources was changed after the build */
export function isBuilt(root) {
  const built = modifiedAt(path.join(root, 'dist/register.mjs'));
  return SOURCES.every((source) => newest(path.join(root, source)) <= built);
}

function newest(file) {
  const entries = statSync(file, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(file, { recursive: true })
    : [];
  return Math.max(modifiedAt(file), ...entries.map((entry) => modifiedAt(path.join(file, entry))));
}

function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
