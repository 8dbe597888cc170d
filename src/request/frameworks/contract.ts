/**
 * What a framework hook is. A new framework is one file with one `FrameworkHook` and one line in index.ts.
 * A hook only reports the matched route pattern of the current request; it computes nothing else. Prefer, in this order:
 * what the framework leaves on the request (`lateRoute`), its diagnostics channels, a patch of its exports with shimmer.
 */

import type { IncomingMessage } from 'node:http';

/**
 * Reports the route pattern of the request being handled, as the framework writes it (`/users/:id`), without the method.
 * A later report replaces an earlier one. Must be called inside the request's asynchronous context, or with its request.
 */
export type ReportRoute = (pattern: string, request?: object) => void;

/** The module a hook's `patch` is called for. */
export interface LoadedModule {
  /** As in `modules`: `express`, `fastify`, `@koa/router`. */
  readonly name: string;
  /** The package's version, '' when it cannot be read. */
  readonly version: string;
  /** The package's folder, undefined for builtins. */
  readonly basedir: string | undefined;
}

export interface FrameworkHook {
  /** Stands in docs and in `status`. */
  readonly name: string;
  /** Modules for whose exports `patch` is called, once per copy loaded: package names or `package/file` paths. */
  readonly modules: readonly string[];
  /**
   * Mutates `exports` in place through shimmer, once; wrappers are named for what they do (`handleWithRoute`).
   * May return a replacement for `exports` where mutation cannot reach (an ES module's own bindings).
   * Throws where the module has not the expected shape: the caller logs it once and goes on without the hook.
   */
  patch?(exports: unknown, report: ReportRoute, module: LoadedModule): unknown;
  /**
   * The pattern that the framework left on the request, read once when the response ends and no pattern was reported.
   * @returns null where this framework did not route the request.
   */
  lateRoute?(request: IncomingMessage): string | null;
}
