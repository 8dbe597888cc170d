/** What can be told of a program before it runs, from its main file and the packages beside it. */

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** At the beginning of a line; neither `import(` nor `import.meta`, which CommonJS has as well or cannot tell. */
const MODULE_SYNTAX = /^\s*(?:import\s*[\w$*{'"]|export\s*[\w$*{])/m;
/** In a package's manifest: `import` gives an ES module. One more that only seems to say so does no harm. */
const MODULE_PACKAGE = /"(?:import|module-sync)"\s*:|"type"\s*:\s*"module"|\.mjs"/;
/** Fields of a manifest whose keys are packages. */
const DEPENDENCIES = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;

/**
 * Whether a program is an ES module and finds one of some packages as an ES module, too.
 * @param started its main file as in `process.argv`.
 * @param modules names of packages, or files in packages.
 */
export function mayImportAsModule(started: string | undefined, modules: readonly string[]): boolean {
  if (started === undefined) return false;
  const main = realPath(started);
  if (!isModuleProgram(main)) return false;
  // What is there because other packages need it is mostly none of the program's: a bundle has its own copy.
  const named = namedBy(main);
  const packages = [...packagesOf(modules)].filter((name) => named === null || named.has(name));
  return packages.length > 0 && (process.versions['pnp'] !== undefined || findsModule(main, packages));
}

/** @param main its real path. */
function isModuleProgram(main: string): boolean {
  const extension = extname(main);
  if (extension === '.mjs' || extension === '.mts') return true;
  if (extension === '.cjs' || extension === '.cts') return false;
  for (const folder of foldersFrom(main)) {
    const manifest = textOf(join(folder, 'package.json'));
    const type = /"type"\s*:\s*"(module|commonjs)"/.exec(manifest)?.[1];
    if (type !== undefined) return type === 'module';
    if (manifest !== '') break;
  }
  return (extension === '.js' || extension === '') && MODULE_SYNTAX.test(textOf(main) || textOf(`${main}.js`));
}

/** @param modules names of packages, or files in packages. */
export function packagesOf(modules: readonly string[]): ReadonlySet<string> {
  return new Set(modules.map((module) => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module));
}

/** Where Node.js looks for packages, and where pnpm keeps those of packages. */
function findsModule(main: string, packages: readonly string[]): boolean {
  for (const folder of foldersFrom(main)) {
    const installed = join(folder, 'node_modules');
    const places = existsSync(installed) ? [installed, join(installed, '.pnpm', 'node_modules')] : [];
    for (const place of places)
      for (const name of packages) if (MODULE_PACKAGE.test(textOf(join(place, name, 'package.json')))) return true;
  }
  return false;
}

/** @returns the packages that the program's manifest and those of the folders around it name; null where there is none that names any. */
function namedBy(main: string): ReadonlySet<string> | null {
  const named = new Set<string>();
  for (const folder of foldersFrom(main)) {
    const manifest = recordOf(textOf(join(folder, 'package.json')));
    for (const field of DEPENDENCIES) for (const name of Object.keys(manifest[field] ?? {})) named.add(name);
  }
  return named.size > 0 ? named : null;
}

/** From the file itself on, for `node .` names a folder, to the root. */
function* foldersFrom(main: string): Generator<string> {
  let folder = main;
  for (; folder !== dirname(folder); folder = dirname(folder)) yield folder;
  yield folder;
}

/** @returns an empty one for what is no JSON. */
function recordOf(json: string): Record<string, object | undefined> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, object | undefined>) : {};
  } catch {
    return {};
  }
}

/** The file behind a link, such as those in node_modules/.bin. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** @returns '' for what cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
