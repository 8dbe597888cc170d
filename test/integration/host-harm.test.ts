/** What applications do that an agent could disturb, or be disturbed by. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assertCounted, status, type Use, until, using } from '../helpers/host-server.ts';
import { HOST_FIXTURES, type NodeProcessOptions, startNode, withoutPid } from '../helpers/node-process.ts';

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'profiler-harm-')));
after(() => rmSync(temporary, { recursive: true, force: true }));

/** What the same requests get without and with the agent; the second server is given to `inspect` as well. */
async function assertSameAnswers(
  args: readonly string[],
  paths: readonly string[],
  options: NodeProcessOptions = {},
  inspect: Use<void> = async () => {},
): Promise<string[]> {
  const ask = async (url: string): Promise<string[]> => {
    const answers: string[] = [];
    for (const path of paths) {
      const response = await fetch(`${url}${path}`, { method: 'POST', body: 'body' });
      answers.push(`${response.status} ${response.headers.get('x-patched') ?? ''} ${await response.text()}`);
    }
    return answers;
  };
  const said: string[] = [];
  const bare = await using(args, { ...options, profiled: false }, async (url, server) => {
    const answers = await ask(url);
    said.push(withoutPid(server.stderr()));
    return answers;
  });
  await using(args, options, async (url, server) => {
    assert.deepEqual(await ask(url), bare);
    assert.equal(withoutPid(server.stderr()), said[0]);
    await assertCounted(url, paths.length);
    await inspect(url, server);
  });
  return bare;
}

/** @returns why there is nothing to be kept, or nobody to tell; false where there is. */
function noTickLiteral(): string | false {
  if (Number.parseInt(process.versions.node, 10) < 24) return 'V8 tells what it remembers from Node.js 24 on';
  const isOfClass = process.nextTick.toString().includes('new TickObject');
  return isOfClass && 'ticks of this Node.js are of a class: it has no such literal';
}

describe('an application that patches http', () => {
  it('before the agent loads: both patches work', async () => {
    await assertSameAnswers(
      ['--require', join(HOST_FIXTURES, 'patch-http.cjs'), 'patched-app.cjs'],
      ['/a', '/teapot', '/a'],
    );
  });

  it('after the agent has loaded: both patches work', async () => {
    const answers = await assertSameAnswers(['patched-app.cjs'], ['/a', '/teapot', '/a']);
    assert.match(answers[2] ?? '', /200 yes {"created":1,"emitted":3,"written":3,"ended":2}/);
  });
});

describe('an application with unusual ways', () => {
  it('overrides Error.prepareStackTrace and sets Error.stackTraceLimit to 0', async () => {
    await assertSameAnswers(['stacks.cjs'], ['/', '/', '/']);
  });

  for (const flag of [
    '--frozen-intrinsics',
    '--disallow-code-generation-from-strings',
    '--throw-deprecation',
    '--no-experimental-global-navigator',
  ]) {
    it(`runs with ${flag}`, {
      skip: !process.allowedNodeEnvironmentFlags.has(flag) && flag.startsWith('--no'),
    }, async () => {
      await assertSameAnswers([flag, 'app.cjs'], ['/burn/1', '/burn/1'], {}, async (url) => {
        const isFrozen = flag === '--frozen-intrinsics';
        const { problems } = await status(url);
        assert.deepEqual(problems, isFrozen ? ['waits are not traced: Error is frozen'] : []);
      });
    });
  }

  it('catches errors of listeners with the domain module', async () => {
    const answers = await assertSameAnswers(['--no-deprecation', 'domain.cjs'], ['/ok', '/fail', '/ok']);
    assert.equal(answers[1], '500  thrown in a listener, out of its domain');
  });

  it('has stores of its own in AsyncLocalStorage', async () => {
    const answers = await assertSameAnswers(['stores.cjs'], ['/run', '/enter', '/second', '/plain', '/run', '/enter']);
    assert.match(answers[0] ?? '', /timer: outer inner/);
  });

  it('counts listeners, and allows one per event', async () => {
    const answers = await assertSameAnswers(['listener-counts.cjs'], ['/', '/', '/']);
    assert.equal(answers.length, 3);
  });

  it('collects garbage between two requests: process.nextTick stays fast', { skip: noTickLiteral() }, async () => {
    const remembered = (options: NodeProcessOptions): Promise<string> =>
      using(['--expose-gc', '--allow-natives-syntax', 'ticks.cjs'], options, async (url) => {
        for (const path of ['/literal', '/collect']) await (await fetch(`${url}${path}`)).text();
        return (await fetch(`${url}/literal`)).text();
      });
    assert.match(
      await remembered({ profiled: false }),
      /MEGAMORPHIC/,
      'V8 has changed: the agent need not care any more',
    );
    assert.doesNotMatch(await remembered({}), /MEGAMORPHIC/);
  });

  it('closes stderr and opens a file in its place, which the agent does not write to', async () => {
    const file = join(temporary, 'database');
    await assertSameAnswers(['closed-stderr.cjs', file], ['/'], { env: { PROFILER_QUIET: 'false' } });
    assert.equal(readFileSync(file, 'utf8'), 'number 2\n');
  });

  it('changes its folder and title: files are still named from the folder it was started in', async () => {
    const [start, moved] = ['start', 'moved'].map((name) => join(temporary, name));
    assert.ok(start && moved);
    for (const folder of [start, moved]) mkdirSync(folder);
    writeFileSync(join(start, 'profiler.ini'), '[profiler]\nlog_filename = here.pprof\nquiet = true\n');
    const args = [join(HOST_FIXTURES, 'moves.cjs'), moved];
    await assertSameAnswers(args, ['/'], { cwd: start, env: { PROFILER_QUIET: undefined } }, async (url) => {
      const { config, processes } = await status(url);
      assert.equal(config['logFilename'], join(start, 'here.pprof'));
      assert.equal(processes[0]?.title, 'moved');
    });
  });

  for (const moment of ['before', 'after'])
    it(`replaces globals ${moment} it listens: the agent has its own`, async () => {
      await assertSameAnswers(['replaced-globals.cjs', moment], ['/', '/'], {}, async (url) => {
        // Longer than two rotations take.
        await delay(2500);
        assert.deepEqual((await status(url)).problems, []);
        await assertCounted(url, 2);
      });
    });

  it('takes the socket off a request that is open over rotations: recording goes on', async () => {
    await assertSameAnswers(['detached.cjs'], ['/detached', '/ok', '/ok'], {}, async (url) => {
      const { problems, requests } = await status(url);
      assert.deepEqual([problems, requests.open], [[], 0]);
    });
  });

  it('has servers of other protocols that emit events of the same names', async () => {
    await assertSameAnswers(['aliens.cjs'], ['/', '/fake', '/'], {}, async (url) => {
      assert.deepEqual((await status(url)).problems, []);
      assert.equal((await status(url)).requests.open, 0);
    });
  });
});

describe('requests that are cut off', () => {
  it('leave nothing open, pipelined ones included', async () => {
    await using(['pipeline.cjs'], {}, async (url) => {
      for (const requests of [['/never'], ['/never', '/fast', '/fast'], ['/fast', '/never', '/never']]) {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        await once(socket, 'connect');
        socket.write(requests.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
        await delay(200);
        socket.destroy();
      }
      const settled = async (): Promise<boolean> => {
        const { requests } = await status(url);
        return requests.open === 0 && requests.ended === 7;
      };
      await until(settled, async () => (await status(url)).requests);
    });
  });
});

describe('a server that closes', () => {
  it('and listens elsewhere is announced there', async () => {
    await using(['relistens.cjs'], { env: { PROFILER_QUIET: 'false' } }, async (url, server) => {
      await server.printed(new RegExp(`profiler: ${url}/__profile__`));
    });
  });

  it('does not wait for a page that is being answered', async () => {
    const server = startNode(['closes.cjs']);
    const url = await server.url();
    const scrape = fetch(`${url}/__profile__/debug/pprof/profile?seconds=60`).catch((error: unknown) => error);
    await until(
      async () => (await status(url)).requests.ended === 0,
      async () => '',
    );
    const before = performance.now();
    await fetch(`${url}/close`);
    assert.deepEqual(await server.exit, { code: 0, signal: null });
    assert.ok(performance.now() - before < 5000);
    await scrape;
  });
});
