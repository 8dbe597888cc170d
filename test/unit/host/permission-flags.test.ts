/** Which flags of the host its collector thread gets. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { permissionFlags } from '../../../src/host/permission-flags.ts';

test('the flags of the permission model are handed on, wherever they come from, and no others', () => {
  const flags = ['--permission', '--allow-fs-read=*', '--allow-worker'];
  assert.deepEqual(permissionFlags(['--no-warnings', ...flags, '--import', 'profiler/register'], ''), flags);
  assert.deepEqual(permissionFlags(['--no-warnings'], `--import x ${flags.join(' ')}`), flags);
  assert.deepEqual(permissionFlags(['--permission', '--allow-fs-write', '/data'], '--max-old-space-size=100'), [
    '--permission',
    '--allow-fs-write=/data',
  ]);
  assert.deepEqual(permissionFlags([], '--experimental-permission "--allow-fs-read=/a \\"b\\" c"'), [
    '--experimental-permission',
    '--allow-fs-read=/a "b" c',
  ]);
});

test('without the permission model there are none', () => {
  assert.deepEqual(permissionFlags(['--allow-natives-syntax', '--permissions'], '--allow-worker'), []);
});
