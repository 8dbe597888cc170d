/** threadClock: CPU time of this thread alone, read where Node.js has no call for it, too. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, test } from 'node:test';
import { threadClock } from '../../../src/sample/thread-clock.ts';

const MS = 1e6;
/** It may lag behind by a tick of the scheduler, up to 10 ms, at both ends. */
const LAG_MS = 20;

const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
const { readFileSync } = fs;

afterEach(() => {
  Object.assign(process, { threadCpuUsage });
  fs.readFileSync = readFileSync;
  syncBuiltinESMExports();
});

/** Keeps the thread busy until it has used so much CPU time; other threads of the process use next to none meanwhile. */
function burn(ms: number): void {
  const usedMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const end = usedMs() + ms;
  while (usedMs() < end);
}

async function check(clock: () => number): Promise<void> {
  const before = clock();
  burn(200);
  const busyMs = (clock() - before) / MS;
  assert.ok(busyMs > 150 - LAG_MS && busyMs < 200 + LAG_MS, `${busyMs} ms`);
  const idle = clock();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const idleMs = (clock() - idle) / MS;
  assert.ok(idleMs >= 0 && idleMs < 100, `${idleMs} ms while asleep`);
}

test('counts while the thread runs, not while it sleeps', { skip: noClock() }, () => check(threadClock()));

test('by the kernel’s own statistics, where Node.js has no such call', { skip: noSchedstat() }, () => {
  Object.assign(process, { threadCpuUsage: undefined });
  return check(threadClock());
});

const NO_CLOCK: Readonly<Record<string, () => string>> = {
  'no such file': () => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  },
  'a kernel that keeps no statistics': () => '0 0 0\n',
};
for (const [what, read] of Object.entries(NO_CLOCK))
  test(`no clock is said to be none: ${what}`, () => {
    Object.assign(process, { threadCpuUsage: undefined });
    Object.assign(fs, { readFileSync: read });
    syncBuiltinESMExports();
    assert.ok(Number.isNaN(threadClock()()));
  });

function noClock(): string | false {
  return threadCpuUsage ? false : noSchedstat();
}

function noSchedstat(): string | false {
  return fs.existsSync('/proc/thread-self/schedstat') ? false : 'this kernel keeps no statistics per thread';
}
