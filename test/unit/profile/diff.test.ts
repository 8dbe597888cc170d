import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type DiffSide, diffProfiles, type ProfileDiff, sideOfSlices } from '../../../src/profile/diff.ts';
import { mergeProfiles } from '../../../src/profile/merge.ts';
import { METRICS, type Profile } from '../../../src/profile/profile.ts';
import { statsRows } from '../../../src/profile/stats.ts';
import { arbitraryProfile, parseTree } from '../../helpers/profiles.ts';
import { type SimulatedServer, simulate } from '../../helpers/simulated-profiles.ts';

const whole = (profile: Profile): DiffSide => ({ profile, slices: [] });
const changed = ({ rows }: ProfileDiff): string[] =>
  rows.filter(({ verdict }) => verdict !== 'same').map(({ info, verdict }) => `${info.name} ${verdict}`);

const SERVER: SimulatedServer = {
  costs: { rank: 1, filter: 0.3, render: 0.5, parse: 0.15, encode: 0.25, log: 0.05, route: 0.02 },
  requestsPerSlice: 600,
  slices: 24,
  drift: 0,
};
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed + 1);

function simulated(server: SimulatedServer, changes: Record<string, number>, seed: number): ProfileDiff {
  const { before, after } = simulate(server, changes, seed);
  return diffProfiles(sideOfSlices(before), sideOfSlices(after), { metric: 'cpu' });
}

test('a tenth more work of one function is found in 20 of 20 recordings of 24 starts, and nothing else is', () => {
  const server = { ...SERVER, requestsPerSlice: 1200, starts: 24 };
  const found = SEEDS.map((seed) => changed(simulated(server, { rank: 1.1 }, seed)));
  for (const names of found) {
    assert.ok(names.includes('rank slower'), String(names));
    assert.deepEqual(
      names.filter((name) => !/^(?:rank|handle) slower$/.test(name)),
      [],
    );
  }
});

test('a fifth more work of one function is found in 20 of 20 recordings of one start, and nothing else is', () => {
  const found = SEEDS.map((seed) => changed(simulated(SERVER, { rank: 1.2 }, seed)));
  for (const names of found)
    assert.deepEqual(
      names.filter((name) => name !== 'handle slower'),
      ['rank slower'],
    );
});

test('the same program twice: nothing is reported in 20 of 20 recordings', () => {
  for (const seed of SEEDS) {
    const diff = simulated(SERVER, {}, 100 + seed);
    assert.deepEqual([changed(diff), diff.all.verdict], [[], 'same'], `seed ${seed}`);
  }
});

test('a machine whose speed wanders by a fifth from slice to slice is no change', () => {
  for (const seed of SEEDS) {
    const diff = simulated({ ...SERVER, drift: 0.2 }, {}, 200 + seed);
    assert.deepEqual([changed(diff), diff.all.verdict], [[], 'same'], `seed ${seed}`);
  }
});

test('what a wandering machine hides from the clock is seen beside the other functions', () => {
  const found = SEEDS.filter((seed) =>
    changed(simulated({ ...SERVER, drift: 0.2 }, { rank: 1.25 }, 300 + seed)).includes('rank slower'),
  );
  assert.equal(found.length, SEEDS.length);
});

// A tenth of `rank` is some 4 standard errors of 16 starts.
const RESTARTED: SimulatedServer = { ...SERVER, slices: 64, starts: 16, unsteady: ['filter'] };

test('what V8 compiles in one of two ways at each start is no change, in 20 of 20 recordings of 16 starts', () => {
  for (const seed of SEEDS) {
    const diff = simulated(RESTARTED, {}, 500 + seed);
    assert.deepEqual([changed(diff), diff.all.verdict], [[], 'same'], `seed ${seed}`);
    assert.deepEqual(diff.starts, { before: 16, after: 16, spread: 'shown' });
  }
});

test('a tenth more work is found beside a function that is unsteady, in 20 of 20 recordings of 16 starts', () => {
  for (const seed of SEEDS) {
    const names = changed(simulated(RESTARTED, { rank: 1.1 }, 600 + seed)).filter((name) => name !== 'handle slower');
    assert.deepEqual(names, ['rank slower'], `seed ${seed}`);
  }
});

test('in one start, how starts differ is no question: less is more than chance', () => {
  const inOne = (slices: readonly Profile[]): DiffSide =>
    sideOfSlices(slices.map((slice) => ({ ...slice, run: 'one' })));
  for (const seed of SEEDS) {
    const { before, after } = simulate({ ...SERVER, requestsPerSlice: 1200 }, { rank: 1.1 }, 700 + seed);
    const errors = [sideOfSlices, inOne].map((side) => {
      const { rows, starts } = diffProfiles(side(before), side(after), { metric: 'cpu' });
      const rank = rows.find(({ info }) => info.name === 'rank');
      return { spread: starts.spread, verdict: rank?.self.verdict, margin: rank?.self.margin ?? 0 };
    });
    assert.deepEqual(
      errors.map(({ spread }) => spread),
      ['assumed', 'same'],
    );
    assert.equal(errors[1]?.verdict, 'slower', `seed ${seed}`);
    assert.ok((errors[0]?.margin ?? 0) > 1.3 * (errors[1]?.margin ?? 0), `seed ${seed}`);
  }
});

test('the slices of each start count as one, whatever their order', () => {
  const { before, after } = simulate(RESTARTED, { rank: 1.2 }, 7);
  const figures = (slices: readonly Profile[]): unknown =>
    diffProfiles(sideOfSlices(slices), sideOfSlices(after), { metric: 'cpu' }).rows.map(({ info, self }) => [
      info.name,
      self.p,
    ]);
  const merged = Array.from({ length: 16 }, (_, start) => mergeProfiles(before.slice(4 * start, 4 * start + 4)));
  const swapped = before.map((_, index) => before[index % 4 < 2 ? index ^ 1 : index] as Profile);
  assert.deepEqual(figures(merged), figures(before));
  assert.deepEqual(figures(swapped), figures(before));
});

test('samples that come in clusters are not taken for as many independent ones', () => {
  // 40 samples a request, ten requests a slice: a thousand times more samples than there is knowledge.
  const clustered: SimulatedServer = {
    costs: { a: 40, b: 40, c: 40, d: 40 },
    requestsPerSlice: 10,
    slices: 12,
    drift: 0,
  };
  for (const seed of SEEDS) assert.deepEqual(changed(simulated(clustered, {}, 400 + seed)), [], `seed ${seed}`);
});

test('without slices a cluster is taken for one, as far as the requests tell', () => {
  const side = (samples: number): DiffSide => whole(parseTree(`f @/a.js:1:1 ${samples}`, { requests: 10 }));
  assert.deepEqual(changed(diffProfiles(side(400), side(500), { metric: 'cpu' })), []);
  const many = (samples: number): DiffSide => whole(parseTree(`f @/a.js:1:1 ${samples}`, { requests: 100_000 }));
  assert.deepEqual(changed(diffProfiles(many(40_000), many(50_000), { metric: 'cpu' })), ['f slower']);
});

test('a profile beside itself has no change, whatever it holds', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.constantFrom(...METRICS), (profile, metric) => {
      const diff = diffProfiles(whole(profile), whole(profile), { metric });
      assert.deepEqual(changed(diff), []);
      for (const { self, total } of diff.rows) assert.ok(Math.abs(self.delta) + Math.abs(total.delta) < 1e-6);
    }),
  );
});

test('every function of both sides is in one row, with the figures of its table', () => {
  fc.assert(
    fc.property(arbitraryProfile(), arbitraryProfile(), fc.constantFrom(...METRICS), (before, after, metric) => {
      const { rows } = diffProfiles(whole(before), whole(after), { metric });
      for (const [side, profile] of [
        ['before', before],
        ['after', after],
      ] as const) {
        const expected = statsRows(profile, metric).reduce((sum, { selfNs }) => sum + selfNs, 0);
        assert.ok(Math.abs(rows.reduce((sum, row) => sum + row[side].selfNs, 0) - expected) <= expected * 1e-9);
      }
    }),
  );
});

test('exchanging the sides exchanges slower and faster', () => {
  for (const seed of SEEDS.slice(0, 5)) {
    const { before, after } = simulate(SERVER, { rank: 1.3, render: 0.7 }, seed);
    const there = diffProfiles(sideOfSlices(before), sideOfSlices(after), { metric: 'cpu' });
    const back = diffProfiles(sideOfSlices(after), sideOfSlices(before), { metric: 'cpu' });
    const mirrored = changed(back).map((name) =>
      name.replace(/\w+$/, (verdict) => (verdict === 'slower' ? 'faster' : 'slower')),
    );
    assert.deepEqual(
      changed(there)
        .filter((name) => !name.startsWith('handle'))
        .sort(),
      ['rank slower', 'render faster'],
    );
    assert.deepEqual(mirrored.filter((name) => !name.startsWith('handle')).sort(), ['rank slower', 'render faster']);
  }
});

test('code that has moved is the same code: another folder, other lines, several functions of one name in order', () => {
  const before = parseTree(`
    run @/srv/old/app.js:10:1 500
    (anonymous) @/srv/old/app.js:20:5 600
    (anonymous) @/srv/old/app.js:30:5 900`);
  const after = parseTree(`
    run @/srv/new/app.js:12:1 500
    (anonymous) @/srv/new/app.js:25:5 600
    (anonymous) @/srv/new/app.js:35:5 900`);
  const { rows } = diffProfiles(whole(before), whole(after), { metric: 'cpu' });
  assert.deepEqual(rows.map(({ before: old, after: now }) => [old.samples, now.samples]).sort(), [
    [500, 500],
    [600, 600],
    [900, 900],
  ]);
});

test('where nobody can tell which function of a name is new, they are one row', () => {
  const before = parseTree('(anonymous) @/srv/old/app.js:20:5 600');
  const after = parseTree('(anonymous) @/srv/new/app.js:25:5 500\n(anonymous) @/srv/new/app.js:35:5 100');
  const { rows } = diffProfiles(whole(before), whole(after), { metric: 'cpu' });
  assert.deepEqual(
    rows.map(({ before: old, after: now }) => [old.samples, now.samples]),
    [[600, 600]],
  );
});

test('without requests on both sides, shares of all time are compared', () => {
  const foreign = parseTree('f @/a.js:1:1 4000\ng @/a.js:9:1 4000', { requests: 0 });
  const ours = parseTree('f @/a.js:1:1 100\ng @/a.js:9:1 100', { requests: 7 });
  const { unit, rows } = diffProfiles(whole(foreign), whole(ours), { metric: 'cpu' });
  assert.equal(unit, 'share');
  assert.deepEqual(
    rows.map(({ self }) => [self.before, self.after]),
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  );
});
