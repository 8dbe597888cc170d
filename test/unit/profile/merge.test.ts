/** mergeProfiles: the algebra that lets segments be summed in any order, on any machine. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { canonicalProfile } from '../../../src/profile/canonical.ts';
import { mergeProfiles } from '../../../src/profile/merge.ts';
import { type Profile, SELF_COLUMNS } from '../../../src/profile/profile.ts';
import { sumColumn } from '../../../src/profile/totals.ts';
import { arbitraryProfile, dedent, drawTree, parseTree } from '../../helpers/profiles.ts';

const assertSameTree = (a: Profile, b: Profile): void => assert.deepEqual(canonicalProfile(a), canonicalProfile(b));

test('equal stacks are summed and different ones stand side by side', () => {
  const merged = mergeProfiles([
    parseTree(`
      main @/app/a.js:1 1
        query samples=1 cpu=4 wall=5 wait=6 waits=1
    `),
    parseTree(`
      main @/app/a.js:1 2
        render 3
        query samples=1 cpu=4 wall=5 wait=6 waits=1
    `),
  ]);
  assert.equal(
    drawTree(merged),
    dedent(`
      main @/app/a.js:1 3
        query samples=2 cpu=8 wall=10 wait=12 waits=2
        render 3
    `),
  );
});

test('the window is the hull, requests and calls are summed, routes united', () => {
  const a = parseTree('f 1', { window: { from: 10, to: 20 }, requests: 3, routes: ['GET /b', 'GET /a'] });
  const b = parseTree('f 1', { window: { from: 15, to: 40 }, requests: 4, routes: ['GET /b', 'POST /c'] });
  const counted = (profile: Profile, calls: number): Profile => ({
    ...profile,
    functions: profile.functions.map((info) => ({ ...info, calls })),
  });
  const merged = mergeProfiles([counted(a, 5), counted(b, 6)]);
  assert.deepEqual(merged.window, { from: 10, to: 40 });
  assert.equal(merged.requests, 7);
  assert.deepEqual(merged.routes, ['GET /a', 'GET /b', 'POST /c']);
  assert.equal(merged.functions[0]?.calls, 11);
  assert.equal(merged.run, 'run-1');
});

test('profiles of different runs merge into one of no run', () => {
  assert.equal(mergeProfiles([parseTree('f 1', { run: 'x' }), parseTree('f 1', { run: 'y' })]).run, '');
});

test('no profile at all merges into an empty one', () => {
  const empty = mergeProfiles([]);
  assert.equal(empty.nodes.parent.length, 1);
  assert.deepEqual([empty.requests, empty.routes, empty.window], [0, [], { from: 0, to: 0 }]);
});

test('merging is commutative', () => {
  fc.assert(
    fc.property(arbitraryProfile(), arbitraryProfile(), (a, b) => {
      assertSameTree(mergeProfiles([a, b]), mergeProfiles([b, a]));
    }),
  );
});

test('merging is associative', () => {
  fc.assert(
    fc.property(arbitraryProfile(), arbitraryProfile(), arbitraryProfile(), (a, b, c) => {
      const all = mergeProfiles([a, b, c]);
      assertSameTree(mergeProfiles([mergeProfiles([a, b]), c]), all);
      assertSameTree(mergeProfiles([a, mergeProfiles([b, c])]), all);
    }),
  );
});

test('merging one profile gives the same profile', () => {
  fc.assert(fc.property(arbitraryProfile(), (profile) => assertSameTree(mergeProfiles([profile]), profile)));
});

test('merging conserves every total, also when the result is truncated', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryProfile(), { maxLength: 4 }),
      fc.integer({ min: 16, max: 80 }),
      (profiles, maxNodes) => {
        const merged = mergeProfiles(profiles, { maxNodes, maxFunctions: 4 });
        for (const column of SELF_COLUMNS) {
          const expected = profiles.reduce((sum, profile) => sum + sumColumn(profile.nodes.self[column]), 0);
          assert.equal(sumColumn(merged.nodes.self[column]), expected);
        }
      },
    ),
  );
});

test('the canonical order puts siblings and functions in one order and keeps the tree', () => {
  const drawing = `
    b 1
      z 2
      a 3
    a 4
  `;
  assert.equal(
    drawTree(canonicalProfile(parseTree(drawing))),
    dedent(`
      a 4
      b 1
        a 3
        z 2
    `),
  );
});
