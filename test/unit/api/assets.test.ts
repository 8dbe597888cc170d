/** The page's files in memory: who gets which bytes, and that no URL becomes a path. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { type Asset, assetResponse, readAssets } from '../../../src/api/assets.ts';
import { wantsPage } from '../../../src/api/wants-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-assets-'));
after(() => rmSync(folder, { recursive: true, force: true }));
for (const [name, content] of Object.entries({
  'index.html': 'page',
  'app-1.js': 'script',
  'app-1.js.br': 'script in br',
  'app-1.js.gz': 'script in gzip',
  'secret.txt': 'no asset',
}))
  writeFileSync(join(folder, name), content);
const assets = readAssets(folder);

function answer(path: string, accepted?: string): { body: string; headers: Readonly<Record<string, string>> } {
  const { body, headers } = assetResponse(assets.get(path) as Asset, {
    path,
    headers: { 'accept-encoding': accepted },
  });
  return { body: Buffer.from(body).toString(), headers };
}

test('only the page, scripts and style sheets are served, under these names and no others', () => {
  assert.deepEqual([...assets.keys()].sort(), ['', 'assets/app-1.js']);
});

test('where nothing was built there are no assets', () => {
  assert.equal(readAssets(join(folder, 'nothing')).size, 0);
});

test('bytes come as the client takes them, brotli before gzip', () => {
  const script = (accepted?: string): [string, string | undefined] => {
    const { body, headers } = answer('assets/app-1.js', accepted);
    return [body, headers['content-encoding']];
  };
  assert.deepEqual(script('gzip, deflate, br'), ['script in br', 'br']);
  assert.deepEqual(script('gzip'), ['script in gzip', 'gzip']);
  assert.deepEqual(script('br;q=0, gzip;q=0.5'), ['script in gzip', 'gzip']);
  assert.deepEqual(script(), ['script', undefined]);
});

test('what has a hash in its name may be kept, the page may not', () => {
  assert.equal(answer('').headers['cache-control'], 'no-store');
  assert.match(answer('assets/app-1.js').headers['cache-control'] ?? '', /^private,.*immutable$/);
  assert.match(answer('').headers['content-security-policy'] ?? '', /^default-src 'none'; script-src 'self';/);
});

test('browsers want the page, command-line clients and scrapers do not', () => {
  assert.equal(wantsPage('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'), true);
  for (const accept of [undefined, '*/*', 'text/plain', 'application/json', 'text/htmlx'])
    assert.equal(wantsPage(accept), false);
});
