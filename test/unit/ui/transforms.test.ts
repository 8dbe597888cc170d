/** Changes of a call tree, drawn before and after. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { sumColumn } from '../../../src/profile/totals.ts';
import { functionKey } from '../../../ui/model/function-key.ts';
import { foldForeignCode } from '../../../ui/model/own-code.ts';
import { applyTransform, applyTransforms, type TransformKind } from '../../../ui/model/transforms.ts';
import { arbitraryProfile, dedent, drawTree, parseTree } from '../../helpers/profiles.ts';

const TREE = parseTree(`
  main 1
    walk 2
      query 4
      walk 8
        read 16
    read 32
`);

function assertBecomes(kind: TransformKind, name: string, expected: string): void {
  assert.equal(drawTree(applyTransform(TREE, { kind, function: name })), dedent(expected));
}

test('focus keeps what the function called, from its outermost calls on', () => {
  assertBecomes('focus', 'walk', 'walk 2\n  query 4\n  walk 8\n    read 16');
  assertBecomes('focus', 'read', 'read 48');
});

test('focus on a function that is not there leaves nothing', () => {
  assertBecomes('focus', 'nobody', '');
});

test('merge gives the function’s time and its callees to its callers', () => {
  assertBecomes('merge', 'walk', 'main 11\n  query 4\n  read 48');
});

test('collapse makes what the function called its own time', () => {
  assertBecomes('collapse', 'walk', 'main 1\n  walk 30\n  read 32');
});

test('drop leaves out every stack with the function', () => {
  assertBecomes('drop', 'walk', 'main 1\n  read 32');
});

test('recursion becomes one call', () => {
  assertBecomes('recursion', 'walk', 'main 1\n  walk 10\n    query 4\n    read 16\n  read 32');
});

test('transforms stack up in their order', () => {
  const both = applyTransforms(TREE, [
    { kind: 'recursion', function: 'walk' },
    { kind: 'focus', function: 'walk' },
  ]);
  assert.equal(drawTree(both), 'walk 10\n  query 4\n  read 16');
});

test('own code: one frame per package and one for Node.js, and no time is lost', () => {
  const tree = parseTree(`
    emit @node:events:1:1 1
      listener @node:internal/http:2:1 2
        handle @/app/node_modules/express/lib/router.js:3:1 4
          next @/app/node_modules/express/lib/router.js:4:1 8
            home @/app/server.js:5:1 16
              query @/app/node_modules/pg/client.js:6:1 32
  `);
  assert.equal(
    drawTree(foldForeignCode(tree)),
    dedent(`
      [node] 3
        [express] 12
          home @/app/server.js:5:1 16
            [pg] 32
    `),
  );
});

test('merge, collapse, recursion and own code keep the sum of every column', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.nat(), (profile, choice) => {
      const info = profile.functions[choice % Math.max(profile.functions.length, 1)];
      if (!info) return;
      const changed = (['merge', 'collapse', 'recursion'] as const).map((kind) =>
        applyTransform(profile, { kind, function: functionKey(info) }),
      );
      for (const { nodes } of [...changed, foldForeignCode(profile)])
        for (const column of ['samples', 'cpuNs', 'wallNs', 'waitNs', 'waits'] as const)
          assert.ok(Math.abs(sumColumn(nodes.self[column]) - sumColumn(profile.nodes.self[column])) < 1e-3);
    }),
    { numRuns: 50 },
  );
});
