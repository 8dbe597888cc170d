/** packageOf: whose file a path is. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { packageOf } from '../../../src/profile/package-of.ts';

test('a script belongs to the innermost package of its path', () => {
  assert.deepEqual(
    [
      '/app/node_modules/pg/lib/client.js',
      '/app/node_modules/.pnpm/pg@8/node_modules/pg-pool/index.js',
      '/app/node_modules/.pnpm/lock.js',
      '/app/node_modules/pg/node_modules/.cache/a.js',
      '/app/my_node_modules/pg/index.js',
      'file:///app/node_modules/@redis/client/dist/a.js',
      'C:\\app\\node_modules\\@redis\\client\\dist\\a.js',
      '/app/server.js',
    ].map(packageOf),
    ['pg', 'pg-pool', undefined, 'pg', undefined, '@redis/client', '@redis/client', undefined],
  );
});
