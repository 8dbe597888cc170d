/** CallTreeBuilder: interning, snapshots, and truth of the totals at the bound. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CallTreeBuilder, ROOT, TRUNCATED_FUNCTION } from '../../../src/profile/call-tree-builder.ts';
import { type FunctionInfo, SELF_COLUMNS } from '../../../src/profile/profile.ts';
import { inclusiveTotals, sumColumn } from '../../../src/profile/totals.ts';
import { dedent, drawTree, METADATA } from '../../helpers/profiles.ts';

const appFunction = (name: string): FunctionInfo => ({ name, file: '/app/a.js', line: 1, column: 1, category: 'app' });

test('the same function is interned once, and any difference in its identity makes it another', () => {
  const builder = new CallTreeBuilder();
  const info: FunctionInfo = { ...appFunction('f'), category: 'package', package: 'pg' };
  const index = builder.addFunction(info);
  assert.equal(builder.addFunction({ ...info }), index);
  const differences: Partial<FunctionInfo>[] = [
    { name: 'g' },
    { file: '/b' },
    { line: 2 },
    { column: 2 },
    { category: 'app' },
    { package: 'pg2' },
  ];
  const others = differences.map((difference) => builder.addFunction({ ...info, ...difference }));
  assert.equal(new Set([index, ...others]).size, 7);
});

test('a name cannot be chosen to look like another file', () => {
  const builder = new CallTreeBuilder();
  const first = builder.addFunction({ ...appFunction('b'), file: 'a' });
  assert.notEqual(builder.addFunction({ ...appFunction(''), file: 'ab' }), first);
});

test('a child is found again, per parent', () => {
  const builder = new CallTreeBuilder();
  const [f, g] = [builder.addFunction(appFunction('f')), builder.addFunction(appFunction('g'))];
  const top = builder.child(ROOT, f);
  const below = builder.child(top, f);
  assert.equal(builder.child(ROOT, f), top);
  assert.equal(builder.child(top, f), below);
  assert.equal(new Set([top, below, builder.child(ROOT, g), builder.child(top, g)]).size, 4);
});

test('figures of a node add up, and a snapshot keeps what it had', () => {
  const builder = new CallTreeBuilder();
  const node = builder.child(ROOT, builder.addFunction(appFunction('f')));
  builder.addSelf(node, { samples: 1, cpuNs: 10, wallNs: 10 });
  builder.addCalls(0, 3);
  const before = builder.build(METADATA);
  builder.addSelf(node, { samples: 1, cpuNs: 10, wallNs: 20, waitNs: 5, waits: 1 });
  builder.addSelf(builder.child(node, builder.addFunction(appFunction('g'))), { samples: 1 });
  builder.addCalls(0, 4);
  assert.equal(drawTree(before), 'f @/app/a.js:1:1 1');
  assert.equal(
    drawTree(builder.build(METADATA)),
    dedent(`
      f @/app/a.js:1:1 samples=2 cpu=20 wall=30 wait=5 waits=1
        g @/app/a.js:1:1 samples=1
    `),
  );
  assert.deepEqual(
    [before, builder.build(METADATA)].map((profile) => profile.functions[0]?.calls),
    [3, 7],
  );
});

test('a full tree folds what is new into one (truncated) node per parent and still counts it', () => {
  const builder = new CallTreeBuilder({ maxNodes: 20 });
  const known = builder.child(ROOT, builder.addFunction(appFunction('known')));
  for (let n = 0; n < 100; n++) {
    const node = builder.child(known, builder.addFunction(appFunction(`new${n}`)));
    builder.addSelf(builder.child(node, builder.addFunction(appFunction('deeper'))), { samples: 1 });
  }
  const profile = builder.build(METADATA);
  const truncated = Array.from(profile.nodes.function).flatMap((index, node) =>
    profile.functions[index]?.name === TRUNCATED_FUNCTION.name ? [node] : [],
  );
  assert.ok(builder.nodeCount <= 20);
  assert.equal(truncated.filter((node) => profile.nodes.parent[node] === known).length, 1);
  assert.equal(inclusiveTotals(profile.nodes, profile.nodes.self.samples)[known], 100);
});

test('too many functions share one called (truncated), and the frames below it stay', () => {
  const builder = new CallTreeBuilder({ maxFunctions: 3 });
  const known = builder.addFunction(appFunction('known'));
  for (let n = 0; n < 50; n++) {
    const node = builder.child(ROOT, builder.addFunction(appFunction(`generated${n}`)));
    builder.addSelf(builder.child(node, known), { samples: 1 });
  }
  assert.equal(builder.functionCount, 3);
  assert.equal(
    drawTree(builder.build(METADATA)),
    dedent(`
      generated0 @/app/a.js:1:1
        known @/app/a.js:1:1 samples=1
      (truncated)
        known @/app/a.js:1:1 samples=49
    `),
  );
});

test('whatever is added, parents come before children, the bound holds and no figure is lost', () => {
  const stack = fc.record({ frames: fc.array(fc.nat(30), { maxLength: 20 }), figure: fc.nat(1000) });
  fc.assert(
    fc.property(
      fc.array(stack, { maxLength: 60 }),
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 0, max: 40 }),
      (stacks, maxNodes, maxFunctions) => {
        const builder = new CallTreeBuilder({ maxNodes, maxFunctions });
        for (const { frames, figure } of stacks) {
          const leaf = frames.reduce(
            (node, name) => builder.child(node, builder.addFunction(appFunction(`f${name}`))),
            ROOT,
          );
          builder.addSelf(leaf, { samples: figure, cpuNs: figure, wallNs: figure, waitNs: figure, waits: figure });
        }
        const { nodes, functions } = builder.build(METADATA);
        const added = stacks.reduce((sum, { figure }) => sum + figure, 0);
        for (const column of SELF_COLUMNS) assert.equal(sumColumn(nodes.self[column]), added);
        assert.ok(nodes.parent.length <= Math.max(maxNodes, 16));
        assert.ok(functions.length <= Math.max(maxFunctions, 1));
        assert.equal(nodes.parent[0], -1);
        assert.equal(nodes.function[0], -1);
        for (let node = 1; node < nodes.parent.length; node++) {
          const parent = nodes.parent[node] ?? -1;
          assert.ok(parent >= 0 && parent < node);
          assert.ok((nodes.function[node] ?? -1) in functions);
        }
      },
    ),
  );
});
