/** Installs the npm packages of a folder when they are missing or not what its lockfile says. Plain JavaScript: nothing is installed yet. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Installs what package-lock.json lists unless node_modules holds it; npm shows its own progress. Not `npm ci`: that refuses a
 * lockfile without the optional packages of every other platform, which is what npm writes where a registry's mirror lacks some
 * of them; and it would take node_modules away from whoever is using it.
 * @param {string} root folder of a package.json and a package-lock.json
 * @returns {boolean} whether anything had to be installed
 * @throws when npm fails
 */
export function ensureInstalled(root) {
  if (isInstalled(root)) return false;
  console.error(`installing the packages of ${path.relative(process.cwd(), root) || 'the project'}`);
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(command, ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    // Not stdout: what is printed there is the caller's.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm install failed in ${root}`);
  return true;
}

/**
 * Compares the lockfile with the one that npm keeps in node_modules. Modification times would not do: a checkout of another
 * branch and back changes them.
 */
function isInstalled(root) {
  const installedFile = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(installedFile);
  return Object.entries(wanted).every(([folder, { version, integrity, optional }]) => {
    if (folder === '') return true;
    const found = installed[folder];
    // Optional packages for other platforms are not installed.
    if (!found) return optional === true;
    return found.version === version && found.integrity === integrity && existsSync(path.join(root, folder));
  });
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
