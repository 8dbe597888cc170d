/** Calls framework hooks when their modules load, by require (require-in-the-middle) or import (import-in-the-middle). */

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Hook } from 'require-in-the-middle';
import { logLine, reasonOf } from '../host/log.ts';
import type { FrameworkHook, ReportRoute } from './frameworks/contract.ts';
import { hookImports } from './import-hook.ts';

/** Hooks of the modules that were loaded, in the order of the list of frameworks; only they are asked for late routes. */
let loaded: readonly FrameworkHook[] = [];

/** @returns the pattern a loaded framework left on the request, or null. */
export function lateRoutes(request: IncomingMessage): string | null {
  for (const hook of loaded) {
    const pattern = hook.lateRoute?.(request) ?? null;
    if (pattern !== null) return pattern;
  }
  return null;
}

/** @param require resolves from the profiler's own folder. */
export function hookModules(hooks: readonly FrameworkHook[], report: ReportRoute, require: NodeJS.Require): void {
  const byModule = new Map<string, FrameworkHook>();
  for (const hook of hooks) for (const name of hook.modules) byModule.set(name, hook);
  /** Exports, patched or put in their place, to what stands for them. */
  const patched = new WeakMap<object, unknown>();

  const onLoad = (exports: unknown, name: string, basedir: string | undefined): unknown => {
    const hook = byModule.get(name);
    if (!hook) return exports;
    if (!loaded.includes(hook)) loaded = hooks.filter((known) => known === hook || loaded.includes(known));
    if (!hook.patch) return exports;
    if (isObject(exports) && patched.has(exports)) return patched.get(exports);
    try {
      const result = hook.patch(exports, report, { name, version: versionOf(basedir), basedir }) ?? exports;
      if (isObject(exports)) patched.set(exports, result);
      if (isObject(result)) patched.set(result, result);
      return result;
    } catch (error) {
      logLine(`routes of ${hook.name} are not known: ${reasonOf(error)}`);
      return exports;
    }
  };

  const names = [...byModule.keys()];
  new Hook(
    names,
    { internals: false },
    <Exports>(exports: Exports, name: string, basedir?: string) => onLoad(exports, name, basedir) as Exports,
  );
  hookImports(names, onLoad, require);
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
