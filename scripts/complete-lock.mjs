/**
 * `node scripts/complete-lock.mjs [LOCKFILE…]` after `npm install` changed the lock file on a registry mirror that lacks the binaries of other platforms: npm
 * leaves those optional packages out, and `npm ci` then refuses the lock file. Adds what their parents say of them; npm ci skips
 * what is not for the platform it runs on.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x'];

const files = process.argv.slice(2);
if (files.length === 0) files.push(fileURLToPath(new URL('../package-lock.json', import.meta.url)));
files.forEach(complete);

function complete(file) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  for (const [folder, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (`${folder}/node_modules/${name}` in lock.packages) continue;
      lock.packages[`node_modules/${name}`] ??= {
        version,
        ...field('cpu', PROCESSORS, name),
        ...(parent.dev ? { dev: true } : {}),
        ...(/musl/.test(name) ? { libc: ['musl'] } : {}),
        license: parent.license,
        optional: true,
        ...field('os', SYSTEMS, name),
      };
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}

/** @returns which of the values a package's name says it is for. */
function field(key, values, name) {
  const value = values.find((candidate) => new RegExp(`[/-]${candidate}(?=-|$)`).test(name));
  return value === undefined ? {} : { [key]: [value] };
}
