/**
 * Sees frameworks that are imported, not required, through import-in-the-middle. Where Node.js has synchronous hooks nothing of it loads
 * before the first import of a framework; older versions need its loader thread from the start, so there only programs that are ES
 * modules themselves pay for it (docs/adr/0004).
 */

import { readFileSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type OnLoad = (exports: unknown, name: string, basedir: string | undefined) => unknown;
type Resolve = (specifier: string, context: { conditions?: readonly string[] }, next: Resolve) => object;
type Load = (url: string, context: object, next: Load) => object;

interface Loader {
  readonly resolveSync: Resolve;
  readonly loadSync: Load;
  applyOptions(options: { include: readonly string[] }): void;
}

/** At the beginning of a line; neither `import(` nor `import.meta`, which CommonJS has as well or cannot tell. */
const MODULE_SYNTAX = /^\s*(?:import\s*[\w$*{'"]|export\s*[\w$*{])/m;

type RegisterHooks = (hooks: { resolve: Resolve; load: Load }) => void;

/** @param require resolves from the profiler's own folder. */
export function hookImports(names: readonly string[], onLoad: OnLoad, require: NodeJS.Require): void {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks };
  if (registerHooks && supportsSyncHooks(require)) hookLazily(registerHooks, names, onLoad, require);
  else if (isModuleProgram(process.argv[1])) hookByThread(names, onLoad, require);
}

function hookLazily(
  registerHooks: RegisterHooks,
  names: readonly string[],
  onLoad: OnLoad,
  require: NodeJS.Require,
): void {
  const wanted = new Set(names);
  let loader: Loader | undefined;
  const load = (): Loader => {
    const { createHook } = require('import-in-the-middle/create-hook.mjs') as {
      createHook(meta: { url: string }): Loader;
    };
    const created = createHook({ url: pathToFileURL(require.resolve('import-in-the-middle/hook.mjs')).href });
    created.applyOptions({ include: names });
    watch(names, onLoad, require);
    return created;
  };
  registerHooks({
    resolve(specifier, context, next) {
      if (!loader) {
        if (!wanted.has(specifier) || context.conditions?.includes('require')) return next(specifier, context, next);
        loader = load();
      }
      return loader.resolveSync(specifier, context, next);
    },
    load: (url, context, next) => (loader ? loader.loadSync(url, context, next) : next(url, context, next)),
  });
}

function hookByThread(names: readonly string[], onLoad: OnLoad, require: NodeJS.Require): void {
  nodeModule.register(pathToFileURL(require.resolve('import-in-the-middle/hook.mjs')), { data: { include: names } });
  watch(names, onLoad, require);
}

function watch(names: readonly string[], onLoad: OnLoad, require: NodeJS.Require): void {
  const { Hook } = require('import-in-the-middle') as typeof import('import-in-the-middle');
  new Hook([...names], (namespace: Record<string, unknown>, name: string, basedir: unknown) => {
    const exports = commonExports(namespace);
    const result = onLoad(exports ?? namespace, name, typeof basedir === 'string' ? basedir : undefined);
    if (exports === null) return;
    if (result !== exports) namespace['default'] = result;
    // Whoever imports a function by its name gets what the patch made of it.
    for (const key of namedIn(namespace)) {
      const value = (exports as Record<string, unknown>)[key];
      // One that cannot be set stays as it is.
      if (value !== undefined && namespace[key] !== value) Reflect.set(namespace, key, value);
    }
  });
}

/** The exports of a CommonJS module behind its namespace: hooks are written for them. @returns null for an ES module. */
function commonExports(namespace: Record<string, unknown>): unknown {
  const exports = namespace['default'];
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return null;
  const isMirrored = namedIn(namespace).every((name) => namespace[name] === (exports as Record<string, unknown>)[name]);
  return isMirrored ? exports : null;
}

/** The exports of a namespace that are not the whole module: `default` is that, whatever the module itself calls so. */
function namedIn(namespace: object): string[] {
  return Object.keys(namespace).filter((name) => !['default', 'module.exports', '__esModule'].includes(name));
}

function supportsSyncHooks(require: NodeJS.Require): boolean {
  const support = require('import-in-the-middle/supports-sync-hooks.mjs') as { supportsSyncHooks(): boolean };
  return support.supportsSyncHooks();
}

/** Whether the program's main file is an ES module: by its extension, its package, or where that names no type, its syntax. */
function isModuleProgram(started: string | undefined): boolean {
  if (started === undefined) return false;
  const main = realPath(started);
  const extension = extname(main);
  if (extension === '.mjs' || extension === '.mts') return true;
  if (extension === '.cjs' || extension === '.cts') return false;
  // From the file itself on: `node .` names a folder.
  for (let folder = main; ; folder = dirname(folder)) {
    const manifest = textOf(join(folder, 'package.json'));
    const type = /"type"\s*:\s*"(module|commonjs)"/.exec(manifest)?.[1];
    if (type !== undefined) return type === 'module';
    if (manifest !== '' || folder === dirname(folder)) break;
  }
  return (extension === '.js' || extension === '') && MODULE_SYNTAX.test(textOf(main) || textOf(`${main}.js`));
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
