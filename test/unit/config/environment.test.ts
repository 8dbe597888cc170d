/** Variables and their names. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentKey, readEnvironment } from '../../../src/config/environment.ts';

test('a key has its variable', () => {
  assert.equal(environmentKey('interval_ms'), 'PROFILER_INTERVAL_MS');
});

test("the environment is the process's own", () => {
  assert.equal(readEnvironment(), process.env);
});
