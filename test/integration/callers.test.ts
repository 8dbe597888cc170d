/** Functions that V8 shows at the root of a stack stand below those who called or made them, without anything that is traced. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusAnswer } from '../../src/api/types.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { sampledStacks } from '../helpers/function-samples.ts';
import { startServer } from '../helpers/server.ts';

const REQUESTS = 80;

/** What stands above `settle` in a server's profile. */
interface Above {
  /** Share of its samples below callers that look so, outermost first. */
  share(callers: RegExp): number;
  readonly waits: StatusAnswer['waits'];
  readonly said: string;
}

async function aboveSettle(script: string): Promise<Above> {
  const env = { PROFILER_DISCARD_FIRST_REQUEST: 'false' };
  const server = await startServer(`test/fixtures/host/${script}`, { env });
  try {
    for (let sent = 0; sent < REQUESTS; sent++) assert.equal((await server.get('/')).status, 200);
    const profile = (await server.api('profile?route=GET%20/')) as Profile;
    const stacks = sampledStacks(profile).flatMap(({ names, samples }) => {
      const at = names.indexOf('settle');
      return at < 0 ? [] : [{ callers: names.slice(0, at).join(' > '), samples }];
    });
    const all = stacks.reduce((sum, { samples }) => sum + samples, 0);
    const said = JSON.stringify(stacks);
    assert.ok(all > 50, said);
    const { waits } = (await server.api('status')) as StatusAnswer;
    const share = (pattern: RegExp): number =>
      stacks.filter(({ callers }) => pattern.test(callers)).reduce((sum, { samples }) => sum + samples, 0) / all;
    return { share, waits, said };
  } finally {
    await server.stop();
  }
}

test('work after a plain await stands below the whole chain of async callers', async () => {
  const { share, waits, said } = await aboveSettle('plain-awaits.cjs');
  assert.ok(share(/handle > total > price$/) > 0.95, said);
  assert.ok(waits.stitchedMs > 10 * waits.unknownMs, JSON.stringify(waits));
});

test('callbacks given to then, ticks and emitters stand below the functions that made them, however many deep', async () => {
  const { share, waits, said } = await aboveSettle('closures.cjs');
  // About a third each, and nothing else.
  const shares = [
    share(/^serve > quote > priced$/),
    share(/^serve > quote > \(anonymous\)$/),
    share(/^serve > quote > \(anonymous\) > startJob > finish > emit > answer$/),
  ];
  for (const one of shares) assert.ok(one > 0.2, said);
  assert.ok(shares.reduce((sum, one) => sum + one) > 0.95, said);
  assert.ok(waits.stitchedMs > 10 * waits.unknownMs, JSON.stringify(waits));
});
