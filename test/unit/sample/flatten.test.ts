/** flattenProfile: the native profiler's tree as columns. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { flattenProfile } from '../../../src/sample/flatten.ts';
import type { NativeNode, NativeProfile, NativeSample } from '../../../src/sample/native.ts';
import { type CpuSegment, SLOT_NONE, segmentBuffers } from '../../../src/sample/segment.ts';

const END = 1_700_000_000_000_000;

function node(name: string, place: Partial<NativeNode> = {}, children: readonly NativeNode[] = []): NativeNode {
  const contexts = place.contexts ?? [];
  return { name, scriptName: '', hitCount: contexts.length, children, ...place };
}

function profile(...children: readonly NativeNode[]): NativeProfile {
  return {
    startTime: 5_000_000,
    endTime: 7_500_000,
    topDownRoot: node('(root)', {}, children),
  };
}

const flatten = (...children: readonly NativeNode[]): CpuSegment => flattenProfile(profile(...children), END, 0, 99);

/** A context that remembers what it was asked and answers with its id. */
function contextOf(id: number, asked: number[] = []): NonNullable<NativeSample['context']> {
  return {
    id,
    slotAt(timeMicros) {
      asked.push(timeMicros);
      return id;
    },
  };
}

/** `root>a>b` for each node. */
function pathsOf({ nodes, functions }: CpuSegment): string[] {
  const paths: string[] = [];
  for (const [at, parent] of nodes.parent.entries()) {
    const name = functions.name[nodes.function[at] ?? -1] ?? 'root';
    paths.push(parent < 0 ? name : `${paths[parent]}>${name}`);
  }
  return paths;
}

test('each node becomes a row, parents before children', () => {
  const segment = flatten(node('a', {}, [node('b', {}, [node('d')]), node('c')]), node('e'));
  assert.deepEqual(pathsOf(segment).sort(), ['root', 'root>a', 'root>a>b', 'root>a>b>d', 'root>a>c', 'root>e'].sort());
  assert.equal(segment.nodes.function[0], -1);
  for (const [at, parent] of segment.nodes.parent.entries()) assert.ok(parent < at);
});

test('a function is told by its place, down to the column: minified code is one line', () => {
  const place = { scriptName: '/app/bundle.js', scriptId: 7, lineNumber: 1 };
  const segment = flatten(
    node('a', { ...place, columnNumber: 100 }, [node('a', { ...place, columnNumber: 100 })]),
    node('a', { ...place, columnNumber: 200 }),
    node('b', { ...place, columnNumber: 100 }),
    node('a', { ...place, scriptId: 8, columnNumber: 100 }),
    node('a', { ...place, lineNumber: 2, columnNumber: 100 }),
  );
  const { name, file, line, column } = segment.functions;
  assert.deepEqual(name, ['a', 'a', 'b', 'a', 'a']);
  assert.deepEqual(file, Array(5).fill('/app/bundle.js'));
  assert.deepEqual([...line], [1, 1, 1, 1, 2]);
  assert.deepEqual([...column], [100, 200, 100, 100, 100]);
  assert.deepEqual([...segment.nodes.function], [-1, 0, 1, 2, 3, 4, 0]);
});

test('native states have no place', () => {
  const { functions } = flatten(node('(garbage collector)'), node('(idle)'));
  assert.deepEqual(
    [functions.name, functions.file, [...functions.line]],
    [
      ['(garbage collector)', '(idle)'],
      ['', ''],
      [0, 0],
    ],
  );
});

test('samples keep their time and CPU reading, and ask their context for the slot', () => {
  const asked: number[] = [];
  const contexts = [
    { context: contextOf(3, asked), timestamp: BigInt(END - 20), cpuTime: 10_000_000 },
    { timestamp: BigInt(END - 10), cpuTime: 5_000_000 },
  ];
  const { samples, nodes } = flatten(
    node('a', { contexts }),
    node('(program)', { contexts: [{ timestamp: BigInt(END - 5) }] }),
  );
  assert.deepEqual([...samples.node], [1, 1, 2]);
  assert.deepEqual([...samples.timeMicros], [END - 20, END - 10, END - 5]);
  assert.deepEqual([...samples.cpuNs], [10_000_000, 5_000_000, Number.NaN]);
  assert.deepEqual([...samples.slot], [3, SLOT_NONE, SLOT_NONE]);
  assert.deepEqual([...nodes.hits], [0, 2, 1]);
  assert.deepEqual(asked, [END - 20]);
});

test('the segment ends now and is as long as V8 says', () => {
  const segment = flatten();
  assert.deepEqual([segment.startMicros, segment.endMicros], [END - 2_500_000, END]);
  assert.equal(segment.threadCpuNs, 99);
});

test('samples that were taken and are in no node are counted', () => {
  const sampled = profile(node('a', { contexts: [{ timestamp: BigInt(END) }] }));
  assert.equal(flattenProfile(sampled, END, 4, 0).unmatched, 3);
  assert.equal(flattenProfile(sampled, END, 0, 0).unmatched, 0);
});

test('a stack of 100,000 frames is no problem', () => {
  let deepest = node('leaf');
  for (let depth = 0; depth < 100_000; depth++) deepest = node('frame', {}, [deepest]);
  assert.equal(flatten(deepest).nodes.parent.length, 100_002);
});

test('the buffers to transfer are those of every column', () => {
  const segment = flatten(node('a', { contexts: [{ timestamp: 1n }] }));
  const columns = [segment.functions, segment.nodes, segment.samples]
    .flatMap((group) => Object.values(group))
    .filter(ArrayBuffer.isView);
  assert.deepEqual(new Set(segmentBuffers(segment)), new Set(columns.map(({ buffer }) => buffer)));
  const moved = structuredClone(segment, { transfer: segmentBuffers(segment) });
  assert.equal(moved.samples.timeMicros[0], 1);
});

test('property: hits and samples are conserved, and every node keeps its path', () => {
  const { tree } = fc.letrec<{ tree: NativeNode; leaf: NativeNode; branch: NativeNode }>((tie) => {
    const place = {
      name: fc.constantFrom('a', 'b', 'c'),
      scriptName: fc.constant('/app/x.js'),
      lineNumber: fc.nat(2),
      contexts: fc.array(fc.record({ timestamp: fc.bigInt(0n, 1_000_000n), cpuTime: fc.nat() }), { maxLength: 3 }),
      hitCount: fc.nat(5),
    };
    return {
      tree: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('branch')),
      leaf: fc.record({ ...place, children: fc.constant([]) }),
      branch: fc.record({ ...place, children: fc.array(tie('tree'), { maxLength: 3 }) }),
    };
  });
  const visit = (at: NativeNode, path: string): string[] => [
    path,
    ...at.children.flatMap((child) => visit(child, `${path}>${child.name}`)),
  ];
  const sum = (at: NativeNode, of: (one: NativeNode) => number): number =>
    of(at) + at.children.reduce((total, child) => total + sum(child, of), 0);
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 3 }), (children) => {
      const root = profile(...children).topDownRoot;
      const segment = flatten(...children);
      assert.deepEqual(pathsOf(segment).sort(), visit(root, 'root').sort());
      assert.equal(
        segment.nodes.hits.reduce((total, hits) => total + hits, 0),
        sum(root, (one) => one.hitCount),
      );
      assert.equal(
        segment.samples.node.length,
        sum(root, (one) => one.contexts?.length ?? 0),
      );
    }),
    { numRuns: 50 },
  );
});
