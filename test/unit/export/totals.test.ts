/** Every format carries every nanosecond: totals per function survive, whatever the tree looks like. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findExporter } from '../../../src/export/index.ts';
import { METRICS, type Metric, type Profile } from '../../../src/profile/profile.ts';
import { statsRows } from '../../../src/profile/stats.ts';
import { metricColumn, sumColumn } from '../../../src/profile/totals.ts';
import { arbitraryProfile, parseTree } from '../../helpers/profiles.ts';

const NS_PER_MICROSECOND = 1000;

function textOf(format: string, profile: Profile, metric: Metric): string {
  const exporter = findExporter(format);
  assert.ok(exporter);
  return Buffer.from(exporter.encode(profile, { metric })).toString('utf8');
}

const totalNs = (profile: Profile, metric: Metric): number => sumColumn(metricColumn(profile.nodes.self, metric));

const forAllProfiles = (check: (profile: Profile, metric: Metric) => void): void =>
  fc.assert(
    fc.property(
      fc.oneof(arbitraryProfile(), arbitraryProfile({ wildNames: true })),
      fc.constantFrom(...METRICS),
      check,
    ),
  );

test('folded stacks sum up to the total in microseconds, each line one stack and one weight', () => {
  forAllProfiles((profile, metric) => {
    const text = textOf('collapsed', profile, metric);
    assert.ok(text === '' || text.endsWith('\n'));
    const weights = text
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const match = /^(.+) (\d+)$/.exec(line);
        assert.ok(match, line);
        return Number(match[2]);
      });
    assert.equal(sumColumn(weights), Math.round(totalNs(profile, metric) / NS_PER_MICROSECOND));
  });
});

test('a cpuprofile gives every node its own time between its sample and the next', () => {
  forAllProfiles((profile, metric) => {
    const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(textOf('cpuprofile', profile, metric));
    assert.equal(samples.length, timeDeltas.length);
    assert.equal(nodes.length, profile.nodes.parent.length);
    const own = new Float64Array(nodes.length);
    for (const [index, id] of samples.slice(0, -1).entries()) own[id - 1] = (own[id - 1] ?? 0) + timeDeltas[index + 1];
    const column = metricColumn(profile.nodes.self, metric);
    for (const [node, micros] of own.entries()) {
      assert.ok(Number.isInteger(micros) && Math.abs(micros - (column[node] ?? 0) / NS_PER_MICROSECOND) <= 1);
      assert.equal(nodes[node].hitCount, micros);
    }
    assert.equal(endTime - startTime, Math.round(totalNs(profile, metric) / NS_PER_MICROSECOND));
    assert.equal(sumColumn(timeDeltas), endTime - startTime);
  });
});

test('a speedscope file has the own time of every node in every metric', () => {
  forAllProfiles((profile, metric) => {
    const { shared, profiles, activeProfileIndex } = JSON.parse(textOf('speedscope', profile, metric));
    assert.equal(shared.frames.length, profile.functions.length);
    assert.equal(profiles[activeProfileIndex].name, metric);
    for (const { name, samples, weights, endValue, unit } of profiles) {
      assert.equal(unit, 'nanoseconds');
      assert.equal(samples.length, weights.length);
      assert.equal(sumColumn(weights), endValue);
      assert.equal(endValue, totalNs(profile, name));
    }
  });
});

test('a callgrind file gives each function its own cost, and its total by the calls to it', () => {
  forAllProfiles((profile) => {
    const { self, incoming, totals } = parseCallgrind(textOf('callgrind', profile, 'cpu'));
    for (const [index, metric] of (['cpu', 'wall', 'wait'] as const).entries()) {
      assert.equal(totals[index + 1], totalNs(profile, metric));
      const rows = statsRows(profile, metric);
      const byTotal = (values: number[]): number[] => values.filter((value) => value > 0).sort((a, b) => a - b);
      assert.deepEqual(
        byTotal([...self.values()].map((costs) => costs[index + 1] ?? 0)),
        byTotal(rows.map(({ selfNs }) => selfNs)),
      );
      assert.deepEqual(
        byTotal([...incoming.values()].map((costs) => costs[index + 1] ?? 0)),
        byTotal(rows.map((row) => row.totalNs)),
      );
    }
  });
});

test('exact calls in a callgrind file sum up to what was counted', () => {
  const profile = parseTree(`
    a
      c 1
    b
      c 2
        c 4
  `);
  const functions = profile.functions.map((info) => (info.name === 'c' ? { ...info, calls: 1001 } : info));
  const text = textOf('callgrind', { ...profile, functions }, 'cpu');
  const calls = [...text.matchAll(/^cfn=\((\d+)\).*\ncalls=(\d+) /gm)].filter(
    ([, id]) => /\((\d+)\) c$/m.exec(text)?.[1] === id,
  );
  assert.equal(calls.length, 3);
  assert.equal(sumColumn(calls.map(([, , count]) => Number(count))), 1001);
});

/** Own costs and summed costs of incoming calls by function id; reads just what the format's grammar says. */
function parseCallgrind(text: string): {
  self: Map<string, number[]>;
  incoming: Map<string, number[]>;
  totals: number[];
} {
  const self = new Map<string, number[]>();
  const incoming = new Map<string, number[]>();
  let current = '';
  let called: string | null = null;
  const add = (to: Map<string, number[]>, id: string, costs: number[]): void => {
    const sums = to.get(id) ?? costs.map(() => 0);
    to.set(
      id,
      sums.map((sum, index) => sum + (costs[index] ?? 0)),
    );
  };
  let isCall = false;
  for (const line of text.split('\n').slice(text.split('\n').findIndex((each) => each.startsWith('summary:')) + 1)) {
    const [, key, id = ''] = /^(fn|cfn)=\((\d+)\)/.exec(line) ?? [];
    if (key === 'fn') current = id;
    else if (key === 'cfn') called = id;
    else if (/^calls=[1-9]\d* \d+$/.test(line)) isCall = true;
    else if (/^\d+( \d+){5}$/.test(line)) {
      const costs = line.split(' ').slice(1).map(Number);
      if (isCall && called !== null) add(incoming, called, costs);
      else add(self, current, costs);
      isCall = false;
    } else assert.match(line, /^$|^(ob|fl|cob|cfi)=\(\d+\)( .+)?$|^totals: \d+( \d+){4}$/);
  }
  const totals = /^totals: (.*)$/m.exec(text)?.[1]?.split(' ').map(Number) ?? [];
  return { self, incoming, totals };
}
