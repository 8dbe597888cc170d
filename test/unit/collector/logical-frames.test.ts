/** logicalFrames: one stack without the event loop above it, below the callers that are known for certain. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { logicalFrames } from '../../../src/collector/logical-frames.ts';
import { Stitcher } from '../../../src/collector/stitcher.ts';
import type { FunctionInfo } from '../../../src/profile/profile.ts';

const ROUTE = 'GET /';
const app = (name: string): FunctionInfo => ({ name, file: '/app/a.js', line: 1, column: 1, category: 'app' });
const node = (name: string): FunctionInfo => ({ name, file: 'node:internal', line: 1, column: 1, category: 'node' });
const names = (frames: readonly FunctionInfo[]): string[] => frames.map(({ name }) => name);

test('frames of Node.js above the first of the application are left out; a stack of nothing else stays', () => {
  const stitcher = new Stitcher();
  assert.deepEqual(names(logicalFrames([node('parse'), app('f'), node('write')], ROUTE, stitcher)), ['f', 'write']);
  assert.deepEqual(names(logicalFrames([node('parse')], ROUTE, stitcher)), ['parse']);
});

test('a resumed function stands below its one caller, and below (async) where none or several are known', () => {
  const stitcher = new Stitcher();
  const resumed = [node('processTicksAndRejections'), app('inner')];
  assert.deepEqual(names(logicalFrames(resumed, ROUTE, stitcher)), ['(async)', 'inner']);
  assert.deepEqual(names(logicalFrames([app('inner')], ROUTE, stitcher)), ['(async)', 'inner']);
  stitcher.learn(ROUTE, [app('outer'), app('inner')], true, 1);
  assert.deepEqual(names(logicalFrames(resumed, ROUTE, stitcher)), ['outer', 'inner']);
  assert.deepEqual(names(logicalFrames(resumed, 'GET /else', stitcher)), ['(async)', 'inner']);
  stitcher.learn(ROUTE, [app('another'), app('inner')], true, 1);
  assert.deepEqual(names(logicalFrames(resumed, ROUTE, stitcher)), ['(async)', 'inner']);
});
