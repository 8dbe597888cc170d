/** WaitEstimate and RouteWaits: traced requests stand for the others of their route that took about as long. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { durationClasses, durationExponent } from '../../../src/collector/duration-classes.ts';
import { RouteWaits, type TracedClass } from '../../../src/collector/route-waits.ts';
import { type Amount, addAmount, WaitEstimate } from '../../../src/collector/wait-estimate.ts';
import { type EndedFigures, FiguresLog } from '../../../src/request/figures-log.ts';

const MS = 1000;
const [SHORT, LONG] = [durationExponent(5 * MS), durationExponent(200 * MS)];

function waited(key: string, ms: number): Map<string, Amount> {
  return new Map([[key, { ns: ms * 1e6, count: 1 }]]);
}

function nsOf(amounts: ReadonlyMap<string, Amount>): Record<string, number> {
  return Object.fromEntries([...amounts].map(([key, { ns }]) => [key, Math.round(ns / 1e6)]));
}

/** Figures of a route's requests, durations in milliseconds. */
function endedOf(durationsMs: readonly number[]): EndedFigures {
  const log = new FiguresLog();
  for (const ms of durationsMs) log.add(0, ms * MS, false);
  const [figures] = log.take().routes;
  assert.ok(figures);
  return figures;
}

/** A request as long as what it waited for. */
function tracedOf(requests: readonly { readonly key: string; readonly ms: number }[]): Map<number, TracedClass> {
  const classes = new Map<number, TracedClass>();
  for (const { key, ms } of requests) {
    const exponent = durationExponent(ms * MS);
    const some = classes.get(exponent) ?? { requests: 0, micros: 0, amounts: new Map() };
    classes.set(exponent, some);
    some.requests++;
    some.micros += ms * MS;
    addAmount(some.amounts, key, { ns: ms * 1e6, count: 1 });
  }
  return classes;
}

test('a traced request stands for those that took about as long, not for all of its route', () => {
  const estimate = new WaitEstimate();
  estimate.traced(SHORT, 1, 5 * MS, waited('file', 5));
  estimate.traced(LONG, 1, 200 * MS, waited('timer', 200));
  estimate.untraced(SHORT, 900 * MS);
  estimate.untraced(LONG, 9000 * MS);
  const { amounts, coveredMicros } = estimate.settle();
  assert.deepEqual(nsOf(amounts), { file: 900, timer: 9000 });
  assert.deepEqual(amounts.get('file')?.count, 180);
  assert.equal(coveredMicros, 9900 * MS);
});

test('what nobody was traced of that took about as long is estimated by nothing until somebody is', () => {
  const estimate = new WaitEstimate();
  estimate.traced(SHORT, 1, 5 * MS, waited('file', 5));
  estimate.untraced(LONG, 9000 * MS);
  assert.deepEqual(estimate.settle(), { amounts: new Map(), coveredMicros: 0 });
  estimate.traced(LONG, 1, 200 * MS, waited('timer', 200));
  const { amounts, coveredMicros } = estimate.settle();
  assert.deepEqual([nsOf(amounts), coveredMicros], [{ timer: 9000 }, 9000 * MS]);
});

test('requests that took half or twice as long stand in where there is none for long, until there is', () => {
  const estimate = new WaitEstimate();
  estimate.traced(SHORT, 1, 5 * MS, waited('file', 5));
  estimate.untraced(SHORT + 1, 80 * MS);
  for (let call = 0; call < 20; call++) assert.equal(estimate.settle().coveredMicros, 0);
  assert.deepEqual(nsOf(estimate.settle().amounts), { file: 80 });
  estimate.traced(SHORT + 1, 1, 10 * MS, waited('query', 10));
  estimate.untraced(SHORT + 1, 40 * MS);
  const { amounts } = estimate.settle();
  assert.ok((amounts.get('query')?.ns ?? 0) > 110e6, JSON.stringify(nsOf(amounts)));
  assert.ok((amounts.get('file')?.ns ?? 0) < -70e6, JSON.stringify(nsOf(amounts)));
});

test('a first estimate from too few is corrected by the next traced requests', () => {
  const estimate = new WaitEstimate();
  estimate.traced(SHORT, 1, 5 * MS, waited('file', 5));
  estimate.untraced(SHORT, 600 * MS);
  assert.deepEqual(nsOf(estimate.settle().amounts), { file: 600 });
  estimate.traced(SHORT, 2, 10 * MS, waited('query', 10));
  const { amounts } = estimate.settle();
  // Of the 600 two thirds were queries; the first request counts a little less by now.
  assert.ok(Math.abs((amounts.get('query')?.ns ?? 0) / 1e6 - 390) < 5, JSON.stringify(nsOf(amounts)));
  assert.ok(Math.abs((amounts.get('file')?.ns ?? 0) / 1e6 + 400) < 20, JSON.stringify(nsOf(amounts)));
});

test('what a route did long ago says nothing about what it does now', () => {
  const estimate = new WaitEstimate();
  for (let at = 0; at < 200; at++) {
    estimate.traced(SHORT, 1, 5 * MS, waited('before', 5));
    estimate.untraced(SHORT, 50 * MS);
    estimate.settle();
  }
  let late: Record<string, number> = {};
  for (let at = 0; at < 400; at++) {
    estimate.traced(SHORT, 1, 5 * MS, waited('now', 5));
    estimate.untraced(SHORT, 50 * MS);
    late = nsOf(estimate.settle().amounts);
  }
  assert.deepEqual(late, { now: 50 });
});

test('a route whose requests are all traced has what they waited for, and nothing else', () => {
  const waits = new RouteWaits();
  const requests = [3, 5, 9, 200].map((ms) => ({ key: `w${ms}`, ms }));
  const { amounts, coveredMicros } = waits.add('GET /', tracedOf(requests), endedOf(requests.map(({ ms }) => ms)));
  assert.deepEqual(nsOf(amounts), { w3: 3, w5: 5, w9: 9, w200: 200 });
  assert.equal(coveredMicros, 217 * MS);
});

test('what was too much is kept back until there is more of it: nothing is negative', () => {
  const waits = new RouteWaits();
  const traced = (ms: number): Map<number, TracedClass> =>
    new Map([[SHORT, { requests: 1, micros: 5 * MS, amounts: waited('w', ms) }]]);
  assert.deepEqual(nsOf(waits.add('GET /', traced(-4), endedOf([5])).amounts), { w: 0 });
  assert.deepEqual(nsOf(waits.add('GET /', traced(10), endedOf([5])).amounts), { w: 6 });
});

test('durations by class add up to the sum that is known exactly', () => {
  const durationsMs = [0.2, 1, 3, 3.3, 47, 801];
  const classes = [...durationClasses(endedOf(durationsMs)).values()];
  const sumMicros = classes.reduce((sum, { micros }) => sum + micros, 0);
  assert.ok(Math.abs(sumMicros - 855_500) < 1e-3, String(sumMicros));
  assert.deepEqual(
    classes.map(({ requests }) => requests),
    [1, 1, 2, 1, 1],
  );
});

test('property: where requests do nothing but wait, all that is covered is waits, and in the end all is covered', () => {
  const anyRequest = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    ms: fc.double({ min: 1, max: 1000, noNaN: true }),
    isTraced: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fc.array(anyRequest, { minLength: 1, maxLength: 30 }), { maxLength: 20 }), (batches) => {
      const waits = new RouteWaits();
      let waitedNs = 0;
      let covered = 0;
      let all = 0;
      const add = (batch: readonly { key: string; ms: number; isTraced: boolean }[]): void => {
        const { amounts, coveredMicros } = waits.add(
          'GET /',
          tracedOf(batch.filter(({ isTraced }) => isTraced)),
          endedOf(batch.map(({ ms }) => ms)),
        );
        for (const { ns, count } of amounts.values()) {
          assert.ok(ns >= 0 && count >= 0);
          waitedNs += ns;
        }
        covered += coveredMicros;
        all += batch.reduce((sum, { ms }) => sum + ms * MS, 0);
      };
      for (const batch of batches) add(batch);
      // One traced request of every length that there was.
      add(Array.from({ length: 10 }, (_, at) => ({ key: 'a', ms: 1.5 * 2 ** at, isTraced: true })));
      // Figures know durations to 0.4 %.
      assert.ok(Math.abs(covered / all - 1) < 0.01, `${covered} of ${all}`);
      assert.ok(waitedNs / 1000 >= covered * 0.99, `${waitedNs / 1000} of ${covered}`);
    }),
  );
});

test('a tenth of a route waits long: the share of time is right, whoever is traced', () => {
  const random = seededRandom(1);
  const waits = new RouteWaits();
  const found: Record<string, number> = {};
  const truth: Record<string, number> = {};
  for (let second = 0; second < 60; second++) {
    const batch = Array.from({ length: 60 }, () =>
      random() < 0.1 ? { key: 'timer', ms: 200 + 5 * random() } : { key: 'file', ms: 2 + 6 * random() },
    );
    for (const { key, ms } of batch) truth[key] = (truth[key] ?? 0) + ms;
    const traced = batch.filter(() => random() < 0.02);
    const { amounts } = waits.add('GET /x', tracedOf(traced), endedOf(batch.map(({ ms }) => ms)));
    for (const [key, { ns }] of amounts) found[key] = (found[key] ?? 0) + ns / 1e6;
  }
  for (const key of ['timer', 'file']) {
    const ratio = (found[key] ?? 0) / (truth[key] ?? 0);
    assert.ok(ratio > 0.9 && ratio < 1.1, `${key}: ${found[key]} of ${truth[key]} ms`);
  }
});
