/** The server of test/fixtures/browser under the agent, with something recorded, and a browser to look at it. */

import type { ProfileAnswer } from '../../src/api/types.ts';
import { act, api, assertCounted } from '../helpers/host-server.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

export const PAGE = '/__profile__/';

export async function startBusyServer(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  return startServer('test/fixtures/browser/busy.mjs', { env });
}

/** Three requests of /hot, one of /cold and one of /recursive, and sampling off: the figures stand still. */
export async function recordAndStop(server: TestServer, paths: readonly string[] = []): Promise<ProfileAnswer> {
  const all = ['/hot?ms=200', '/hot?ms=200', '/cold?ms=100', '/recursive?ms=100', ...paths];
  for (const path of all) await server.get(path);
  await assertCounted(server.url, all.length);
  await act(server.url, 'recording', '{"on": false}');
  return api<ProfileAnswer>(server.url, 'profile');
}
