/**
 * What runs before the host's own code: decides whether this process may be profiled, watches for its first HTTP server, hooks the
 * frameworks and database drivers it loads. Everything heavy is in the agent, which loads when a server listens.
 */

import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { mayProfile } from './activate.ts';
import type { Agent } from './agent.ts';
import { logLine, reasonOf } from './host/log.ts';
import { frameworks } from './request/frameworks/index.ts';
import { frameworkHooks, hookModules, lateRoutes } from './request/module-hooks.ts';
import { type Emit, type EmitArgs, inheritedByAll, wrapEmit } from './request/wrap-emit.ts';
import type { StartInput } from './start-agent.ts';
import { DriverSeam } from './wait/driver.ts';
import { driverHooks } from './wait/driver-hooks.ts';
import { drivers } from './wait/sources/drivers.ts';

const INSTALLED = Symbol.for('profiler.installed');

/** Events of servers that begin no request. */
const QUIET_EVENTS: ReadonlySet<string | symbol> = new Set([
  'connection',
  'secureConnection',
  'session',
  'close',
  'error',
  'listening',
]);

/** @param ownDirectory the folder of the built files. */
export function preload(ownDirectory: string): void {
  const marks = globalThis as { [INSTALLED]?: true };
  if (marks[INSTALLED] || !mayProfile()) return;
  Object.defineProperty(marks, INSTALLED, { value: true });
  try {
    install(ownDirectory);
  } catch (error) {
    logLine(`cannot start: ${reasonOf(error)}`);
  }
}

function install(ownDirectory: string): void {
  const require = createRequire(join(ownDirectory, 'register.cjs'));
  const startDirectory = process.cwd();
  /** Undefined while dormant, null when it could not start. */
  let agent: Agent | null | undefined;

  const activate = (): void => {
    agent = null;
    try {
      const { startAgent } = require('./agent.cjs') as { startAgent(input: StartInput): Agent | null };
      agent = startAgent({ ownDirectory, startDirectory, lateRoute, driverSeam });
    } catch (error) {
      logLine(`cannot start: ${reasonOf(error)}`);
    }
  };
  const lateRoute = (request: IncomingMessage): string | null => lateRoutes(request);
  const driverSeam = new DriverSeam();
  hookModules(
    [
      ...frameworkHooks(frameworks, (pattern, request) => agent?.reportRoute(pattern, request)),
      ...driverHooks(drivers, driverSeam),
    ],
    require,
  );

  const makeEmit = (original: Emit | undefined): Emit =>
    // This runs for every request: `arguments` is only ever spread, so that V8 need not make it.
    function emitWithProfile(event) {
      if (event === 'listening' && isHttpServer(this)) {
        if (agent === undefined) activate();
        agent?.listening(this);
      } else if (agent === undefined && event === 'request') activate();
      const emit = original ?? inheritedByAll.emit;
      return agent && (event === 'request' || !QUIET_EVENTS.has(event))
        ? agent.emit(emit, this, ...(arguments as unknown as EmitArgs))
        : emit.apply(this, arguments as unknown as EmitArgs);
    };
  for (const prototype of serverPrototypes(require)) wrapEmit(prototype, makeEmit);
}

/**
 * net.Server is what every http, https and http2 server is, so one patch sees them all; `http` itself need not be loaded for it.
 * Only a patch of `http` from before us, such as another agent's, calls past net.Server: there we wrap what it left.
 */
function serverPrototypes(require: NodeJS.Require): object[] {
  const { Server } = require('node:net') as typeof import('node:net');
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  const patched = ['http', 'https']
    .filter((name) => moduleLoadList.includes(`NativeModule ${name}`))
    .map((name) => (require(`node:${name}`) as typeof import('node:http')).Server.prototype)
    .filter((prototype) => Object.hasOwn(prototype, 'emit'));
  return [Server.prototype, ...patched];
}

/** http and https servers emit 'request', http2 servers 'stream'; a bare TCP server has no listener for either. */
function isHttpServer(server: EventEmitter): boolean {
  return server.listenerCount('request') > 0 || server.listenerCount('stream') > 0;
}
