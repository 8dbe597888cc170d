/** selectRoutes and routeTotals: what is recorded by route comes out by route. */

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  isRouteFunction,
  NO_REST,
  restInTree,
  routeFunction,
  routeTotals,
  selectRoutes,
} from '../../../src/profile/by-route.ts';
import { CallTreeBuilder } from '../../../src/profile/call-tree-builder.ts';
import type { FunctionInfo, Profile } from '../../../src/profile/profile.ts';
import { sumColumn } from '../../../src/profile/totals.ts';
import { drawTree } from '../../helpers/profiles.ts';

const fileOf = (name: string): FunctionInfo => ({ name, file: '/app/a.js', line: 1, column: 1, category: 'app' });
const TRUNCATED: FunctionInfo = { name: '(truncated)', file: '', line: 0, column: 0, category: 'native' };

/** Two routes with a function in common, and what found no room beside them. */
function recorded(): Profile {
  const builder = new CallTreeBuilder();
  const add = (parent: number, info: FunctionInfo, samples: number): number => {
    const node = builder.child(parent, builder.addFunction(info));
    builder.addSelf(node, { samples, cpuNs: samples, wallNs: samples, waitNs: 0, waits: 0 });
    return node;
  };
  add(add(0, routeFunction('GET /a'), 0), fileOf('shared'), 1);
  const b = add(0, routeFunction('GET /b'), 2);
  add(b, fileOf('shared'), 3);
  add(b, fileOf('own'), 4);
  add(0, TRUNCATED, 8);
  return builder.build({ run: 'run', window: { from: 0, to: 1 }, routes: [], requests: 0, intervalMs: 10 });
}

const samplesOf = (profile: Profile): number => sumColumn(profile.nodes.self.samples);

test('all routes together are one tree, and nothing is missing', () => {
  const all = selectRoutes(recorded(), null, { requests: 5, rest: new Map() });
  assert.equal(samplesOf(all), 18);
  assert.deepEqual([all.routes, all.requests], [['GET /a', 'GET /b'], 5]);
  assert.equal(all.functions.filter(({ name }) => name === 'shared').length, 1);
});

test('a route alone has its own samples and no others: what was truncated beside it is of an unknown route', () => {
  const only = selectRoutes(recorded(), new Set(['GET /a']), { requests: 1, rest: new Map() });
  assert.deepEqual(only.routes, ['GET /a']);
  assert.equal(drawTree(only), 'shared @/app/a.js:1:1 samples=1 cpu=1 wall=1');
  assert.equal(samplesOf(selectRoutes(recorded(), new Set(['GET /b']), { requests: 1, rest: new Map() })), 9);
  assert.equal(samplesOf(selectRoutes(recorded(), new Set(['GET /nowhere']), { requests: 0, rest: new Map() })), 0);
});

test('totals are by route, what belongs to none under no name', () => {
  const totals = [...routeTotals(recorded())].map(([route, { samples }]) => [route, samples]);
  assert.deepEqual(Object.fromEntries(totals), { 'GET /a': 1, 'GET /b': 9, '': 8 });
});

test('what is left of the time of requests is in frames of their own, below the root', () => {
  const rest = new Map([
    ['GET /a', { otherNs: 7, notTracedNs: 3 }],
    ['GET /b', { otherNs: 100, notTracedNs: 0 }],
  ]);
  const { nodes, functions } = selectRoutes(recorded(), new Set(['GET /a']), { requests: 1, rest });
  const found = (name: string): unknown[] => {
    const node = Array.from(nodes.function).findIndex((index) => functions[index]?.name === name);
    return [nodes.parent[node], nodes.self.waitNs[node], nodes.self.waits[node]];
  };
  assert.deepEqual(
    [found('(other)'), found('(not traced)')],
    [
      [0, 7, 0],
      [0, 3, 0],
    ],
  );
});

test('routes that are kept stay apart, each with the rest of its own requests', () => {
  const rest = new Map([
    ['GET /a', { otherNs: 7, notTracedNs: 3 }],
    ['GET /idle', { otherNs: 5, notTracedNs: 0 }],
  ]);
  const quiet = new Map([...rest, ['GET /quiet', NO_REST]]);
  const all = selectRoutes(recorded(), null, { requests: 5, rest: quiet }, true);
  assert.deepEqual(all.routes, ['GET /a', 'GET /b', 'GET /idle', 'GET /quiet']);
  assert.deepEqual(
    all.functions.filter(isRouteFunction).map(({ name }) => name),
    ['GET /a', 'GET /b', 'GET /idle'],
  );
  assert.equal(samplesOf(all), 18);
  assert.equal(routeTotals(all).get('GET /a')?.waitNs, 10);
  assert.deepEqual(restInTree(all), rest);
  const one = selectRoutes(recorded(), new Set(['GET /b']), { requests: 5, rest }, true);
  assert.deepEqual(
    [...routeTotals(one)].map(([route, { samples, waitNs }]) => [route, samples, waitNs]),
    [['GET /b', 9, 0]],
  );
});
