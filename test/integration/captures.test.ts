/** Captures beside what else happens to a server: others, cancelling, its end, its own use of V8's counters. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { type ApiError, CAPTURE_KINDS, type CaptureSummary, type CapturesAnswer } from '../../src/api/types.ts';
import { endedCapture, startCapture } from '../helpers/captures.ts';
import { act, api, status, UI, until, using } from '../helpers/host-server.ts';
import { HOST_FIXTURES } from '../helpers/node-process.ts';

const COUNTED = join(HOST_FIXTURES, 'counted.cjs');

async function assertRefused(response: Response, expected: number, pattern = /./): Promise<void> {
  const { code, error } = (await response.json()) as ApiError;
  assert.equal(response.status, expected, error);
  assert.match(code, /^PROFILER_E_[A-Z_]+$/);
  assert.match(error, pattern);
}

test('malformed parameters, unknown captures and actions without their header are 4xx with a code', async () => {
  await using([COUNTED], {}, async (url) => {
    for (const body of [
      '',
      '[]',
      '{}',
      '{"kind":"cpu"}',
      '{"kind":["calls"]}',
      '{"kind":"calls","seconds":0}',
      '{"kind":"calls","seconds":301}',
      '{"kind":"calls","seconds":"10"}',
      '{"kind":"calls","seconds":null}',
    ])
      await assertRefused(await act(url, 'captures', body), 400);
    await assertRefused(await fetch(`${url}${UI}/api/v1/captures`, { method: 'POST', body: '{"kind":"lines"}' }), 403);
    await assertRefused(await act(url, 'captures', '{"kind":"lines"}', { 'sec-fetch-site': 'cross-site' }), 403);
    await assertRefused(await fetch(`${url}${UI}/api/v1/captures/0123`), 404);
    await assertRefused(await act(url, 'captures/0123/cancel'), 404);
    await assertRefused(await act(url, 'captures/0123'), 404);
    await assertRefused(await fetch(`${url}${UI}/api/v1/captures?x=1`), 400);
    assert.deepEqual(await api<CapturesAnswer>(url, 'captures'), { captures: [] });
  });
});

test('one runs at a time; status shows it; a cancelled one ends at once, and the next can start', async () => {
  await using([COUNTED], {}, async (url, server) => {
    assert.equal((await status(url)).capture, null);
    for (const kind of CAPTURE_KINDS) {
      const { id, state, seconds } = await startCapture(url, kind, 60);
      assert.deepEqual([state, seconds], ['running', 60]);
      assert.equal((await status(url)).capture?.id, id);
      await assertRefused(await act(url, 'captures', '{"kind":"calls"}'), 409, /running already/);
      await fetch(`${url}/kinds/3`);
      const before = performance.now();
      const cancelled = (await (await act(url, `captures/${id}/cancel`)).json()) as CaptureSummary;
      assert.ok(performance.now() - before < 5000);
      assert.equal(cancelled.state, 'cancelled');
      await assertRefused(await act(url, `captures/${id}/cancel`), 409, /ended already/);
      assert.equal((await status(url)).capture, null);
    }
    assert.deepEqual(
      (await api<CapturesAnswer>(url, 'captures')).captures.map(({ kind }) => kind),
      [...CAPTURE_KINDS].reverse(),
    );
    assert.deepEqual((await status(url)).problems, []);
    assert.equal(server.stderr(), '');
  });
});

test('the last ten are kept', async () => {
  await using([COUNTED], {}, async (url) => {
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) {
      const { id } = await startCapture(url, 'lines', 60);
      await act(url, `captures/${id}/cancel`);
      ids.push(id);
    }
    const { captures } = await api<CapturesAnswer>(url, 'captures');
    assert.deepEqual(
      captures.map(({ id }) => id),
      ids.slice(2).reverse(),
    );
  });
});

test('V8 optimises functions before and after a capture of calls and not during it: its counters are off again', async () => {
  await using(['--allow-natives-syntax', COUNTED], {}, async (url) => {
    const optimized = async (): Promise<string> => (await fetch(`${url}/optimized`)).text();
    assert.equal(await optimized(), 'true');
    for (const end of ['by itself', 'by cancelling'] as const) {
      const { id } = await startCapture(url, 'calls', end === 'by itself' ? 1 : 60);
      assert.equal(await optimized(), 'false');
      if (end === 'by cancelling') await act(url, `captures/${id}/cancel`);
      await endedCapture(url, id);
      assert.equal(await optimized(), 'true', end);
    }
  });
});

test('switching recording off ends a capture, and none starts while it is off', async () => {
  await using([COUNTED], {}, async (url) => {
    const { id } = await startCapture(url, 'calls', 60);
    await act(url, 'recording', '{"on":false}');
    const { state, reason } = await endedCapture(url, id);
    assert.deepEqual([state, reason], ['cancelled', 'recording was switched off']);
    await assertRefused(await act(url, 'captures', '{"kind":"lines"}'), 409, /recording is switched off/);
    await act(url, 'recording', '{"on":true}');
    await startCapture(url, 'lines', 60);
  });
});

for (const kind of CAPTURE_KINDS) {
  test(`a server that exits during a capture of ${kind} ends as it would, at once and silently`, async () => {
    await using([COUNTED], {}, async (url, server) => {
      await startCapture(url, kind, 60);
      await fetch(`${url}/kinds/3`);
      const before = performance.now();
      await fetch(`${url}/exit`).catch(() => undefined);
      assert.deepEqual(await server.exit, { code: 7, signal: null });
      assert.ok(performance.now() - before < 3000);
      assert.equal(server.stderr(), '');
    });
  });
}

test('a program that may have its own counters on is left alone, with the reason, and other kinds work', async () => {
  await using([COUNTED], {}, async (url) => {
    await fetch(`${url}/coverage`);
    await assertRefused(await act(url, 'captures', '{"kind":"calls"}'), 409, /node:inspector/);
    const { id } = await startCapture(url, 'lines', 60);
    await act(url, `captures/${id}/cancel`);
  });
  await using(['--inspect=127.0.0.1:0', COUNTED], {}, async (url) => {
    await assertRefused(await act(url, 'captures', '{"kind":"calls"}'), 409, /--inspect/);
  });
});

test('a client of debug/pprof/heap that goes away takes its capture along', async () => {
  await using([COUNTED], {}, async (url) => {
    const abort = new AbortController();
    const scrape = fetch(`${url}${UI}/debug/pprof/heap?seconds=60`, { signal: abort.signal }).catch(() => undefined);
    await until(
      async () => (await status(url)).capture !== null,
      async () => status(url),
    );
    abort.abort();
    await scrape;
    await until(
      async () => (await status(url)).capture === null,
      async () => status(url),
    );
  });
});
