/** Functions that are resumed after awaits of nothing that is traced stand below their callers all the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { sampledStacks } from '../helpers/function-samples.ts';
import { startServer } from '../helpers/server.ts';

const REQUESTS = 60;

test('work after a plain await stands below the whole chain of async callers', async () => {
  const env = { PROFILER_DISCARD_FIRST_REQUEST: 'false' };
  const server = await startServer('test/fixtures/host/plain-awaits.cjs', { env });
  try {
    for (let sent = 0; sent < REQUESTS; sent++) assert.equal((await server.get('/')).status, 200);
    const profile = (await server.api('profile?route=GET%20/')) as Profile;
    const stacks = sampledStacks(profile).flatMap(({ names, samples }) => {
      const at = names.indexOf('settle');
      return at < 0 ? [] : [{ callers: names.slice(0, at).join(' > '), samples }];
    });
    const all = stacks.reduce((sum, { samples }) => sum + samples, 0);
    const placed = stacks.filter(({ callers }) => callers.endsWith('handle > total > price'));
    const share = placed.reduce((sum, { samples }) => sum + samples, 0) / all;
    assert.ok(all > 50 && share > 0.95, `${share} of ${all}: ${JSON.stringify(stacks)}`);
    const { waits } = (await server.api('status')) as StatusAnswer;
    assert.ok(waits.stitchedMs > 10 * waits.unknownMs, JSON.stringify(waits));
  } finally {
    await server.stop();
  }
});
