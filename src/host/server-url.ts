/** The URL under which a listening server's UI is opened. */

import type { EventEmitter } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Access } from '../config/options.ts';

/** @param access who is let in. @returns null where the server has no address of its own: a cluster worker's shared handle, or a test double. */
export function serverUrl(server: EventEmitter, path: string, access: Access): string | null {
  const address = (server as Partial<Server>).address?.() as AddressInfo | string | null | undefined;
  if (!address) return null;
  if (typeof address === 'string')
    return `unix:${address}${path}${access === 'local' ? ' (needs access = token or open: a unix socket is not local)' : ''}`;
  const protocol = isSecure(server) ? 'https' : 'http';
  const anyHost = address.address === '::' || address.address === '0.0.0.0';
  const host = anyHost ? 'localhost' : address.address.includes(':') ? `[${address.address}]` : address.address;
  return `${protocol}://${host}:${address.port}${path}`;
}

/** tls.Server and what extends it have this method, plain servers have not. */
function isSecure(server: EventEmitter): boolean {
  return typeof (server as { setSecureContext?: unknown }).setSecureContext === 'function';
}
