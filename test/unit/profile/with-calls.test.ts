import assert from 'node:assert/strict';
import test from 'node:test';
import { withCalls } from '../../../src/profile/with-calls.ts';
import { parseTree } from '../../helpers/profiles.ts';

test('counted functions of the profile get their calls, others stay as they are, and nothing is added', () => {
  const profile = parseTree(`
  handle @/a.js:1:1 samples=1
    query @/a.js:9:1 samples=2
  `);
  const place = { file: '/a.js', line: 1, column: 1, category: 'app' } as const;
  const { functions, nodes } = withCalls(profile, [
    { name: 'handle', ...place, calls: 3 },
    { name: 'handle', ...place, calls: 4 },
    { name: 'handle', ...place, line: 2, calls: 5 },
    { name: 'query', ...place, line: 9 },
  ]);
  assert.deepEqual(
    functions.map(({ name, calls }) => [name, calls]),
    [
      ['handle', 7],
      ['query', undefined],
    ],
  );
  assert.equal(nodes, profile.nodes);
});
