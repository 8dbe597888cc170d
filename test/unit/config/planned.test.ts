import assert from 'node:assert/strict';
import test from 'node:test';
import { loadOptions } from '../../../src/config/load.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  const readFile = (): never => {
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  };
  return loadOptions({ env, cwd: '/srv/app', readFile }).problems.map(({ message }) => message);
}

test('an option that nothing reads yet is accepted, and one message says that it has no effect', () => {
  assert.deepEqual(problemsOf({ PROFILER_RETENTION: '1d' }), ['PROFILER_RETENTION has no effect in this version']);
});

test('a value that asks for what happens anyway says nothing', () => {
  assert.deepEqual(problemsOf({ PROFILER_DATA_DIR: 'memory', PROFILER_WAITS: 'off' }), []);
});
