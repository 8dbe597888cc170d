/** Who lives: the process itself, not whoever has its id now, and not its remains. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { realFiles } from '../../../src/store/files.ts';
import { ancestorsOf, identityOf, isAlive, parseIdentity } from '../../../src/store/process-identity.ts';

const onLinux = { skip: process.platform !== 'linux' && 'other systems do not say when a process was started' };

test('this process lives, and one of the same id that was started at another time does not', onLinux, () => {
  const own = identityOf(realFiles, process.pid);
  assert.equal(isAlive(realFiles, own, 0), true);
  assert.equal(isAlive(realFiles, { ...own, started: '1' }, 0), false);
  assert.deepEqual(parseIdentity(JSON.parse(JSON.stringify(own))), own);
  assert.equal(parseIdentity({ pid: '1' }), null);
});

test('one of another container lives as long as it gives signs', onLinux, () => {
  const other = { ...identityOf(realFiles, process.pid), namespace: '4:1' };
  assert.deepEqual([isAlive(realFiles, other, 1000), isAlive(realFiles, other, 120_000)], [true, false]);
});

test('a process that has ended is dead, even while nobody has asked for its exit code', onLinux, async () => {
  // The shell's child ends and the shell, which has become `sleep`, never asks.
  const shell = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [text] = (await once(shell.stdout, 'data')) as [Buffer];
  const identity = identityOf(realFiles, Number(String(text)));
  const state = (): string => / ([A-Z]) /.exec(readFileSync(`/proc/${identity.pid}/stat`, 'utf8'))?.[1] ?? '';
  while (state() !== 'Z') await delay(5);
  assert.equal(isAlive(realFiles, identity, 0), false);
  shell.kill('SIGKILL');
});

test('ancestors begin with the parent and lead to the first process', onLinux, () => {
  const ancestors = ancestorsOf(realFiles, process.ppid);
  assert.equal(ancestors[0]?.pid, process.ppid);
  assert.ok(ancestors.length > 1);
});
