/** The first process of a container: the system does not end it by a signal that it does not listen to. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { status } from '../helpers/host-server.ts';
import { startNode } from '../helpers/node-process.ts';

const BURN_MS = 300;
const OPTIONS = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const folder = mkdtempSync(join(tmpdir(), 'profiler-first-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const cannot = spawnSync('unshare', [...OPTIONS, 'true']).status !== 0 && 'this user cannot make a process namespace';

it('goes on after such a signal, and is recorded', { skip: cannot }, async () => {
  const env = { PROFILER_LOG_FILENAME: join(folder, 'log.pb.gz') };
  const server = startNode(['ends.cjs'], { env, within: ['unshare', ...OPTIONS] });
  const url = await server.url();
  // It has no answer: elsewhere the process is gone by then.
  await fetch(`${url}/last/1/kill-itself`, { signal: AbortSignal.timeout(500) }).catch(() => undefined);
  await fetch(`${url}/burn/${BURN_MS}`);
  const { sampling, requests } = await status(url);
  assert.deepEqual([sampling.recording, requests.ended >= 1], [true, true]);
  server.kill('SIGKILL');
  await server.exit;
});
