/** json-server, as its own command starts it: 0.17, which is Express, and 1.x, which is tinyhttp. */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOptions, TestServer } from '../../helpers/server.ts';
import { startServer } from '../../helpers/server.ts';
import { fixtureFile } from './fixture-folder.ts';
import { describeThirdPartyServer, type RawRequest } from './third-party.ts';

const POSTS = 20_000;
const json = { 'Content-Type': 'application/json' };

const requests: readonly RawRequest[] = [
  { line: 'GET /posts?_page=2', route: 'GET /posts' },
  { line: 'GET /posts/42', route: 'GET /posts/:id' },
  { line: 'GET /posts/43?_embed=comments', route: 'GET /posts/:id' },
  { line: 'GET /comments/1', route: 'GET /comments/:id' },
  { line: 'PATCH /posts/42', route: 'PATCH /posts/:id', headers: json, body: '{"title":"changed"}' },
  { line: 'DELETE /posts/41', route: 'DELETE /posts/:id' },
  { line: 'GET /nothing', route: '(not found)' },
];
/** 1.x makes up the id itself, another one each time. */
const post = { line: 'POST /posts', route: 'POST /posts', headers: json, body: '{"id":"90000","title":"new"}' };

/** In a folder of its own: the server writes its database back. */
async function startJsonServer(
  packageName: string,
  program: string,
  port: number,
  options: ServerOptions,
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'json-server-'));
  const posts = Array.from({ length: POSTS }, (_, id) => ({
    id: String(id),
    title: `Post ${id}`,
    text: 'word '.repeat(20),
  }));
  // Few: 0.17 compares every comment with every post when one is deleted.
  const comments = posts.slice(0, 50).map(({ id }) => ({ id, postId: id, text: `Comment ${id}` }));
  await writeFile(join(folder, 'db.json'), JSON.stringify({ posts, comments }));
  return startServer(await fixtureFile(`node_modules/${packageName}/${program}`), {
    ...options,
    cwd: folder,
    args: ['--port', String(port), '--host', '127.0.0.1', 'db.json'],
    portPattern: /http:\/\/[\w.]+:(\d+)/,
  });
}

describeThirdPartyServer({
  name: 'json-server 0.17',
  start: (port, options) => startJsonServer('json-server', 'lib/cli/bin.js', port, options),
  requests: [...requests, post],
  hot: {
    request: { line: 'GET /posts?q=nowhere', route: 'GET /posts' },
    owners: ['json-server'],
    because: 'full-text search looks at every property of every post',
  },
});

describeThirdPartyServer({
  name: 'json-server 1.x',
  start: (port, options) => startJsonServer('json-server-1', 'lib/bin.js', port, options),
  requests,
  hot: {
    request: { line: 'GET /posts?_sort=-text,title', route: 'GET /posts' },
    owners: ['sort-on', 'dot-prop'],
    because: 'it compares a property of all posts',
  },
});
