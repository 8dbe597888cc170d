/** Calls hooks of frameworks and of database drivers when their modules load, by require (require-in-the-middle) or import (import-in-the-middle). */

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Hook } from 'require-in-the-middle';
import { logLine, reasonOf } from '../host/log.ts';
import type { FrameworkHook, LoadedModule, ReportRoute } from './frameworks/contract.ts';
import { hookImports } from './import-hook.ts';

/** Hooks of the modules that were loaded, in the order of the list of frameworks; only they are asked for late routes. */
let loaded: readonly FrameworkHook[] = [];
let hasFailed = false;

/** @returns the pattern a loaded framework left on the request, or null. */
export function lateRoutes(request: IncomingMessage): string | null {
  for (const hook of loaded) {
    const pattern = lateRoute(hook, request);
    if (pattern !== null) return pattern;
  }
  return null;
}

/** What a framework left on one odd request must end neither this hook nor what asks for all open requests. */
function lateRoute(hook: FrameworkHook, request: IncomingMessage): string | null {
  try {
    return hook.lateRoute?.(request) ?? null;
  } catch (error) {
    if (!hasFailed) logLine(`some routes of ${hook.name} are not known: ${reasonOf(error)}`);
    hasFailed = true;
    return null;
  }
}

/** What is to be done with the exports of some modules. */
export interface ModuleHook {
  readonly modules: readonly string[];
  /** Called once per copy loaded. @returns what takes the place of the exports, undefined where they stay. @throws what `failed` is told. */
  loaded(exports: unknown, module: LoadedModule): unknown;
  failed(reason: string): void;
}

export function frameworkHooks(hooks: readonly FrameworkHook[], report: ReportRoute): ModuleHook[] {
  return hooks.map((hook) => ({
    modules: hook.modules,
    loaded(exports, module) {
      if (!loaded.includes(hook)) loaded = hooks.filter((known) => known === hook || loaded.includes(known));
      return hook.patch?.(exports, report, module);
    },
    failed: (reason) => logLine(`routes of ${hook.name} are not known: ${reason}`),
  }));
}

/** @param require resolves from the profiler's own folder. */
export function hookModules(hooks: readonly ModuleHook[], require: NodeJS.Require): void {
  const byModule = new Map<string, ModuleHook>();
  for (const hook of hooks) for (const name of hook.modules) byModule.set(name, hook);
  /** Exports, patched or put in their place, to what stands for them. */
  const patched = new WeakMap<object, unknown>();

  const onLoad = (exports: unknown, name: string, basedir: string | undefined): unknown => {
    const hook = byModule.get(name);
    if (!hook) return exports;
    if (isObject(exports) && patched.has(exports)) return patched.get(exports);
    // A hook may load files that require the module itself.
    if (isObject(exports)) patched.set(exports, exports);
    try {
      const result = hook.loaded(exports, { name, version: versionOf(basedir), basedir }) ?? exports;
      if (isObject(exports)) patched.set(exports, result);
      if (isObject(result)) patched.set(result, result);
      return result;
    } catch (error) {
      if (isObject(exports)) patched.delete(exports);
      hook.failed(reasonOf(error));
      return exports;
    }
  };

  const names = [...byModule.keys()];
  new Hook(
    names,
    { internals: false },
    // What is imported and still loads is seen where one of its own files requires it back, and once more when it has loaded.
    <Exports>(exports: Exports, name: string, basedir?: string) =>
      isLoading(exports, require) ? exports : (onLoad(exports, name, basedir) as Exports),
  );
  hookImports(names, onLoad, require);
}

function isLoading(exports: unknown, require: NodeJS.Require): boolean {
  for (const module of Object.values(require.cache)) if (module && module.exports === exports) return !module.loaded;
  return false;
}

function versionOf(basedir: string | undefined): string {
  if (basedir === undefined) return '';
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(basedir, 'package.json'), 'utf8'));
    return isObject(manifest) && 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : '';
  } catch {
    return '';
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
