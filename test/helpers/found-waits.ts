/** The waits in a profiled server's tree: what was waited for, and which of the fixture's functions stand above it. */

import assert from 'node:assert/strict';
import { isRestFunction } from '../../src/profile/by-route.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { routeNamed, until } from './host-server.ts';
import type { TestServer } from './server.ts';

export interface FoundWait {
  /** The fixture's functions above it, outermost first. */
  readonly callers: readonly string[];
  readonly label: string;
  readonly count: number;
  readonly milliseconds: number;
}

/** Asks for `/kind` so often, one after the other. @returns what its route has waited for since the server started. */
export async function waitsOf(server: TestServer, file: string, kind: string, requests = 1): Promise<FoundWait[]> {
  for (let at = 0; at < requests; at++) {
    const response = await server.get(`/${kind}`);
    assert.equal(response.status, 200, await response.text());
  }
  return waitsOfRoute(server, file, kind, requests);
}

/** @param file that the functions are in. @param requests that the route must have had. */
export async function waitsOfRoute(
  server: TestServer,
  file: string,
  kind: string,
  requests: number,
  method = 'GET',
): Promise<FoundWait[]> {
  const counted = async (): Promise<number> => (await routeNamed(server.url, `${method} /${kind}`))?.requests ?? 0;
  await until(async () => (await counted()) >= requests, counted);
  return foundWaits((await server.api(`profile?route=${method}%20/${kind}`)) as Profile, file);
}

export function foundWaits({ nodes, functions }: Profile, file: string): FoundWait[] {
  const callers: string[][] = [[]];
  const found: FoundWait[] = [];
  for (let node = 1; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] as number] as Profile['functions'][number];
    const above = callers[nodes.parent[node] as number] as string[];
    callers.push(info.file.endsWith(file) ? [...above, info.name] : above);
    if (info.category !== 'wait' || isRestFunction(info)) continue;
    found.push({
      callers: above,
      label: info.name,
      count: nodes.self.waits[node] as number,
      milliseconds: (nodes.self.waitNs[node] as number) / 1e6,
    });
  }
  return found;
}
