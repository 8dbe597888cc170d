/** `npm run demo`, to its end. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AGENT_DIST } from '../helpers/server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Demo {
  readonly output: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<unknown>;
}

function startDemo(...args: string[]): Demo {
  // The build under test instead of a new one, and any free port: other tests run at the same time.
  const child = spawn(process.execPath, ['scripts/demo.mjs', '--dist', AGENT_DIST, '--port', '0', ...args], {
    cwd: ROOT,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const exit = once(child, 'close').then(([code, signal]: unknown[]) => signal ?? code);
  return { output: () => output, kill: (signal) => child.kill(signal), exit };
}

test('the planted hot spot is on top, and every route of the example is there', async () => {
  const demo = startDemo('--exit', '--seconds', '3');
  assert.equal(await demo.exit, 0, demo.output());
  const output = demo.output();
  const [, firstRow] = /filename:lineno\(function\)\n(.*)/.exec(output) ?? [];
  assert.match(firstRow ?? '', /search\.js:\d+\(rankBySimilarity\)$/, output);
  assert.match(output, /^\d+ requests in 3 s$/m, 'no request failed');

  const routes = readFileSync(`${ROOT}examples/shop/README.md`, 'utf8').matchAll(/^\| `((?:GET|POST) [^`]+)`/gm);
  const names = [...routes].map(([, route]) => route ?? '');
  assert.equal(names.length, 7);
  const [, table = ''] = /^(route +requests[\s\S]*)/m.exec(output) ?? [];
  for (const name of names) {
    const row = table.split('\n').find((line) => line.startsWith(`${name}  `));
    assert.ok(Number(row?.slice(name.length).trim().split(/\s+/)[0]) > 0, `${name} in\n${table}`);
  }
  const [url] = /^http:\/\/127\.0\.0\.1:\d+\/__profile__$/m.exec(output) ?? [];
  await assert.rejects(fetch(url ?? ''), 'the server has ended with the demo');
});

test('without --exit it stays up until it is told to end', async () => {
  const demo = startDemo('--seconds', '1');
  while (!demo.output().includes('The server stays up')) {
    await Promise.race([demo.exit.then(() => assert.fail(demo.output())), new Promise((next) => setTimeout(next, 50))]);
  }
  const [url] = /^http:\/\/127\.0\.0\.1:\d+\/__profile__$/m.exec(demo.output()) ?? [];
  assert.equal((await fetch(`${url}/api/v1/status`)).status, 200);
  demo.kill('SIGINT');
  assert.equal(await demo.exit, 0);
  await assert.rejects(fetch(url ?? ''));
});

test('a flag that is not understood is one line and the usage', async () => {
  const demo = startDemo('--seconds', 'soon');
  assert.equal(await demo.exit, 2);
  assert.match(demo.output(), /^demo: --seconds takes a number from 1 to 3600, not "soon"\nnpm run demo/);
});
