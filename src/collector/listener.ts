/** The extra address of `listen`, served from the collector thread: it answers even while the host's thread is busy. */

import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { AccessRules } from '../api/access.ts';
import { Gate } from '../api/gate.ts';
import { serveApi } from '../api/serve.ts';
import type { ListenAddress } from '../config/options.ts';
import { codeOf, reasonOf } from '../store/files.ts';
import type { Collector } from './collector.ts';

/** A port that another process of the same program holds is free when that ends. */
const RETRY_MS = 5000;

export interface ListenerOptions {
  /** Called with the UI's address when it listens only later. */
  readonly onLate: (address: string) => void;
  readonly retryMs?: number;
}

/**
 * Starts listening where `listen` says. A unix socket is readable by the process's user only, and so needs no further rule.
 * @returns the UI's address there, null where `listen` is unset or cannot be used (yet), which is reported.
 */
export async function startListener(
  collector: Collector,
  { onLate, retryMs = RETRY_MS }: ListenerOptions,
): Promise<string | null> {
  const { listen, access } = collector.options;
  if (listen === undefined || access === 'off') return null;
  const wanted = 'socketPath' in listen ? listen.socketPath : `${listen.host}:${listen.port}`;
  try {
    return await openListener(collector, listen);
  } catch (error) {
    const isTaken = codeOf(error) === 'EADDRINUSE';
    const problem = `listen = ${wanted} cannot be used${isTaken ? ' until it is free' : ''}: ${reasonOf(error)}`;
    collector.reportProblem(problem);
    if (!isTaken) return null;
    const listening = (address: string): void => {
      collector.withdrawProblem(problem);
      onLate(address);
    };
    // Why not has been said.
    const retryLater = (): void => {
      setTimeout(() => openListener(collector, listen).then(listening, retryLater), retryMs).unref();
    };
    retryLater();
    return null;
  }
}

/** @returns the UI's address. @throws what the system says. */
async function openListener(collector: Collector, listen: ListenAddress): Promise<string> {
  const { path, access, token } = collector.options;
  const rules =
    'socketPath' in listen && access === 'local' ? new AccessRules('open', undefined) : new AccessRules(access, token);
  const gate = new Gate({ path, token, rules });
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer((request, response) => {
    serveApi((ask, signal) => collector.handle(ask, signal), gate, request, response).catch(() => response.destroy());
  });
  const listenAt = (address: { path: string } | { host: string; port: number }): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, resolve);
    });
  try {
    if ('socketPath' in listen) await listenPrivately(listen.socketPath, (path) => listenAt({ path }));
    else await listenAt({ host: listen.host, port: listen.port });
  } catch (error) {
    server.close();
    throw error;
  }
  // A connection that cannot be accepted, such as for want of descriptors, must not end the thread.
  server.on('error', () => {});
  server.unref();
  return addressOf(listen, server, path);
}

/**
 * Makes the socket in a folder that nobody else may enter, and moves it where it belongs when it is closed to others. One that a killed
 * process left there is replaced, any other file is not.
 */
async function listenPrivately(socketPath: string, listenAt: (path: string) => Promise<void>): Promise<void> {
  if (lstatSync(socketPath, { throwIfNoEntry: false })?.isSocket() === false) throw new Error('the file exists');
  // The names are short because the path of a socket may have 107 bytes at most.
  const folder = mkdtempSync(join(dirname(socketPath), '.p'));
  try {
    const made = join(folder, 's');
    await listenAt(made);
    chmodSync(made, 0o600);
    renameSync(made, socketPath);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param server it listens. */
function addressOf(listen: ListenAddress, server: Server, path: string): string {
  if ('socketPath' in listen) return `unix:${listen.socketPath}${path}`;
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${path}`;
}
