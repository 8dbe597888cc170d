import assert from 'node:assert/strict';
import test from 'node:test';
import type { Slice } from '../../../bench/measure/slice.ts';
import { summarize } from '../../../bench/report/summary.ts';
import { judge, type Verdict } from '../../../bench/report/targets.ts';

const slice = (round: number, variant: string, figures: Partial<Slice> = {}): Slice => ({
  server: 'express',
  variant,
  round,
  cpuMicrosPerRequest: 100,
  requestsPerSecond: 10_000,
  p50Micros: 150,
  p99Micros: 1000,
  rssMb: 80,
  saturation: 1,
  foreignCores: 0,
  rotation: null,
  notes: [],
  ...figures,
});

const judged = (agent: Partial<Slice>, others: readonly Slice[] = []): Map<string, Verdict> => {
  const slices = [1, 2, 3].flatMap((round) => [
    slice(round, 'bare'),
    slice(round, 'profiler', agent),
    slice(round, 'bare'),
  ]);
  const summaries = summarize([...slices, ...others], ['bare', 'profiler', 'flame', 'dd-trace']);
  return new Map(judge(summaries, []).map((verdict) => [verdict.target, verdict]));
};

test('targets: a cheap agent passes them all', () => {
  const rotation = { count: 2, mean: 0.8, p50: 0.8, p99: 1.1, max: 1.1 };
  const verdicts = judged({ cpuMicrosPerRequest: 102, p99Micros: 1040, rssMb: 110, rotation });
  assert.deepEqual(
    [...verdicts.values()].map(({ target, measured, pass }) => [target, measured, pass]),
    [
      ['CPU per request, express', '1.020x [1.020x, 1.020x]', true],
      ['p99 latency, express', '1.040x [1.040x, 1.040x]', true],
      ['memory (RSS), express', '+30.0 MB [+30.0 MB, +30.0 MB]', true],
      ['rotation p99, express', '1.10 ms of 6', true],
    ],
  );
});

test('targets: each one fails just above its limit', () => {
  const rotation = { count: 2, mean: 2, p50: 2, p99: 2.1, max: 2.1 };
  const verdicts = judged({ cpuMicrosPerRequest: 103.1, p99Micros: 1051, rssMb: 120.5, rotation });
  assert.deepEqual(
    [...verdicts.values()].map((verdict) => verdict.pass),
    [false, false, false, false],
  );
});

test('targets: only peers that tell requests apart are competitors', () => {
  const flame = slice(1, 'flame', { cpuMicrosPerRequest: 101 });
  const ddTrace = slice(1, 'dd-trace', { cpuMicrosPerRequest: 200 });
  const name = 'cheaper than every peer that attributes requests, express';
  assert.equal(judged({ cpuMicrosPerRequest: 102 }, [flame, ddTrace]).get(name)?.pass, true);
  assert.equal(judged({ cpuMicrosPerRequest: 201 }, [flame, ddTrace]).get(name)?.pass, false);
  assert.equal(judged({ cpuMicrosPerRequest: 102 }, [flame]).get(name), undefined);
});

test('summary: the bare row shows the noise of the machine, not a comparison with itself', () => {
  const slices = [
    slice(1, 'bare', { cpuMicrosPerRequest: 100 }),
    slice(1, 'bare', { cpuMicrosPerRequest: 104, notes: ['not saturated in the closed loop'] }),
  ];
  const [bare] = summarize(slices, ['bare', 'profiler']);
  assert.equal(bare?.cpu.relative?.median, 1.04);
  assert.equal(bare?.cpu.absolute, 102);
  assert.deepEqual(bare?.notes, ['not saturated in the closed loop']);
});
