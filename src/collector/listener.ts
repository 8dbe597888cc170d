/** The extra address of `listen`, served from the collector thread: it answers even while the host's thread is busy. */

import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { AccessRules } from '../api/access.ts';
import { Gate } from '../api/gate.ts';
import { serveApi } from '../api/serve.ts';
import type { ListenAddress } from '../config/options.ts';
import type { Collector } from './collector.ts';

/**
 * Starts listening where `listen` says. A unix socket is readable by the process's user only, and so needs no further rule.
 * @returns the UI's address there, null where `listen` is unset or cannot be used, which is reported.
 */
export async function startListener(collector: Collector): Promise<string | null> {
  const { listen, path, access, token } = collector.options;
  if (listen === undefined || access === 'off') return null;
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
    const wanted = 'socketPath' in listen ? listen.socketPath : `${listen.host}:${listen.port}`;
    collector.reportProblem(
      `listen = ${wanted} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
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
