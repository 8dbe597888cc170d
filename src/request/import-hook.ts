/**
 * Sees frameworks that are imported, not required. Where Node.js has synchronous hooks nothing of import-in-the-middle loads before the first
 * import of a framework. Older versions need its loader thread from the start, so there only programs that may import one as an ES module pay for
 * it; what is CommonJS is seen where Node.js loads it (docs/adr/0004).
 */

import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import shimmer from 'shimmer';
import { packageOf } from '../profile/package-of.ts';
import { mayImportAsModule, packagesOf } from './main-program.ts';

type OnLoad = (exports: unknown, name: string, basedir: string | undefined) => unknown;
type Resolve = (specifier: string, context: { conditions?: readonly string[] }, next: Resolve) => object;
type Load = (url: string, context: object, next: Load) => object;

interface Loader {
  readonly resolveSync: Resolve;
  readonly loadSync: Load;
  applyOptions(options: { include: readonly string[] }): void;
}

/** `parent` is undefined for what an ES module imports, null for the program itself. */
type LoadCommon = (this: unknown, ...args: [file: string, parent?: object | null, isMain?: boolean]) => unknown;

type RegisterHooks = (hooks: { resolve: Resolve; load: Load }) => void;

/** @param require resolves from the profiler's own folder. */
export function hookImports(names: readonly string[], onLoad: OnLoad, require: NodeJS.Require): void {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks };
  if (registerHooks && supportsSyncHooks(require)) hookLazily(registerHooks, names, onLoad, require);
  else if (mayImportAsModule(process.argv[1], names)) hookByThread(names, onLoad, require);
  else hookCommonModules(names, require);
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

/** Node.js loads a CommonJS module that is imported with the loader that `require` ends in, and takes what is in `module.exports` afterwards. */
function hookCommonModules(names: readonly string[], require: NodeJS.Require): void {
  const packages = packagesOf(names);
  shimmer.wrap(
    nodeModule.Module as unknown as { _load: LoadCommon },
    '_load',
    (original): LoadCommon =>
      function loadWithHooks(...args) {
        const [file, parent, isMain] = args;
        const exports = Reflect.apply(original, this, args);
        // Who imports says so by no parent: undefined, or null below an ES module that was required.
        const isImport = (parent ?? null) === null && isMain !== true;
        if (!isImport || !packages.has(packageOf(file) ?? '')) return exports;
        // The hooks of `require` decide whether there is anything to do.
        const hooked: unknown = require(file);
        const module = require.cache[file];
        if (module) module.exports = hooked;
        return hooked;
      },
  );
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
