/** Recording: a sampler and its requests, from start to stop. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Guard } from '../../src/host/guard.ts';
import { type HostHooks, Recording } from '../../src/recording.ts';
import type { RecorderOptions, RequestRecorder } from '../../src/request/recorder.ts';
import { FLAG_OPEN } from '../../src/request/request-batch.ts';
import { FULL_LOG } from '../../src/request/request-log.ts';
import { RouteTable } from '../../src/request/route-table.ts';
import { ignoredSlot, type RequestSlot } from '../../src/request/slot.ts';
import { startCpuSampler } from '../../src/sample/cpu.ts';
import { SLOT_PROFILER } from '../../src/sample/segment.ts';
import { DriverSeam } from '../../src/wait/driver.ts';

const OPTIONS: RecorderOptions = {
  ignores: () => false,
  ignored: ignoredSlot(),
  lateRoute: () => null,
  slow: { slowMicros: 500_000, keepsQuery: false },
  markFirst: false,
};

const HOOKS: HostHooks = { driverSeam: new DriverSeam(), guard: new Guard(() => false) };

function begin(recorder: RequestRecorder, url: string): RequestSlot {
  const slot = recorder.begin('GET', url, {}, undefined);
  assert.ok(slot);
  return slot;
}

/** Keeps the thread busy until it has used so much CPU time. */
function burn(ms: number): void {
  const end = process.cpuUsage().user + ms * 1000;
  while (process.cpuUsage().user < end);
}

test('without a sampler requests are counted all the same', () => {
  const recording = new Recording({ cpu: undefined, heap: undefined }, new RouteTable(), OPTIONS, HOOKS);
  const { recorder } = recording;
  recorder.end(begin(recorder, '/'), 200, false);
  const { segment, requests } = recording.rotate();
  assert.deepEqual([segment, requests.figures.ended, recording.tracking], [null, 1, 'none']);
  assert.equal(recording.stop().segment, null);
});

test('a rotation has the samples and the requests of the same time', () => {
  const recording = new Recording(
    { cpu: startCpuSampler(1, 60_000), heap: undefined },
    new RouteTable(),
    OPTIONS,
    HOOKS,
  );
  const { recorder } = recording;
  const slot = begin(recorder, '/');
  recorder.run(slot, () => burn(100), undefined, []);
  recorder.end(slot, 200, false);
  const { segment, requests } = recording.rotate();
  const times = segment?.samples.timeMicros.filter((_, at) => segment.samples.slot[at] === slot.id) ?? [];
  assert.ok(times.length > 0);
  // The sampler's clock and ours agree to a few milliseconds.
  for (const time of times) {
    assert.ok(time > (requests.rows.startMicros[0] ?? 0) - 5000);
    assert.ok(time < (requests.rows.endMicros[0] ?? 0) + 5000);
  }
  recording.stop();
});

test('the profiler’s own work has a context of its own', () => {
  const recording = new Recording(
    { cpu: startCpuSampler(1, 60_000), heap: undefined },
    new RouteTable(),
    OPTIONS,
    HOOKS,
  );
  recording.recorder.runOwn(() => burn(100));
  assert.ok(recording.stop().segment?.samples.slot.includes(SLOT_PROFILER));
});

test('stopping names what is open, and the next recording starts anew', () => {
  const routes = new RouteTable();
  const first = new Recording({ cpu: startCpuSampler(1, 60_000), heap: undefined }, routes, OPTIONS, HOOKS);
  const slot = begin(first.recorder, '/open');
  const { requests } = first.stop();
  assert.deepEqual([requests.newRoutes, requests.rows.flags[0]], [['GET /open'], FLAG_OPEN]);
  const second = new Recording({ cpu: startCpuSampler(1, 60_000), heap: undefined }, routes, OPTIONS, HOOKS);
  second.recorder.end(slot, 200, false);
  assert.equal(second.stop().requests.figures.ended, 0);
});

test('it is full when a batch is', () => {
  const recording = new Recording({ cpu: undefined, heap: undefined }, new RouteTable(), OPTIONS, HOOKS);
  const { recorder } = recording;
  for (let at = 0; at < FULL_LOG; at++) {
    assert.equal(recording.isFull, false);
    recorder.end(begin(recorder, '/'), 200, false);
  }
  assert.equal(recording.isFull, true);
  recording.rotate();
  assert.equal(recording.isFull, false);
});
