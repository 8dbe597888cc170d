/** What FILE|URL is taken for, and where the profiler is looked for. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAddress, profilerPaths } from '../../../src/cli/address.ts';

const directory = mkdtempSync(join(tmpdir(), 'profiler-address-'));
after(() => rmSync(directory, { recursive: true }));

test('URLs, host:port and bare ports are addresses', () => {
  const addresses = {
    'http://localhost:3000': 'http://localhost:3000/',
    'https://example.org/x': 'https://example.org/x',
    'localhost:3000': 'http://localhost:3000/',
    '[::1]:3000': 'http://[::1]:3000/',
    '3000': 'http://localhost:3000/',
    ':3000/__profile__': 'http://localhost:3000/__profile__',
  };
  for (const [word, url] of Object.entries(addresses)) assert.equal(parseAddress(word)?.url.href, url);
});

test('what is no address is a file, there or not', () => {
  const file = join(directory, '3000');
  writeFileSync(file, '');
  for (const word of ['profile.pb.gz', './3000', file, 'C:\\profile.pb.gz', '']) assert.equal(parseAddress(word), null);
});

test('a URL that is none is a usage error', () => {
  assert.throws(() => parseAddress('http://'), { code: 'PROFILER_E_USAGE' });
});

test('unix: the socket is what is one, the rest is the path', { skip: process.platform === 'win32' }, async () => {
  const socketPath = join(directory, 'p.sock');
  const server = createServer().listen(socketPath);
  await once(server, 'listening');
  const { url, ...rest } = parseAddress(`unix:${socketPath}/__profile__`) ?? {};
  assert.equal(url?.pathname, '/__profile__');
  assert.deepEqual(rest, { socketPath });
  assert.equal(parseAddress(`unix:${socketPath}`)?.url.pathname, '/');
  server.close();
  assert.throws(() => parseAddress(`unix:${directory}/none.sock`), { code: 'PROFILER_E_UNREACHABLE' });
});

test("the profiler is looked for at the URL's own path first, then below it, then below the root", () => {
  const pathsOf = (href: string): string[] => profilerPaths({ url: new URL(href) });
  assert.deepEqual(pathsOf('http://h/'), ['/__profile__']);
  assert.deepEqual(pathsOf('http://h/__profile__/'), ['/__profile__', '/__profile__/__profile__']);
  assert.deepEqual(pathsOf('http://h/prefix?sort=time'), ['/prefix', '/prefix/__profile__', '/__profile__']);
});
