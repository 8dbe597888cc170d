/** The CPU sampler, the real one: contexts reach samples, and stopping lets go of everything. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type ContextCarrier, type CpuSampler, startCpuSampler, storageCarrier } from '../../../src/sample/cpu.ts';
import type { SampledContext } from '../../../src/sample/native.ts';
import { type CpuSegment, SLOT_NONE } from '../../../src/sample/segment.ts';

const INTERVAL_MS = 1;
/** The machine may be busy with other tests, and the CPU clock jumps by several milliseconds. */
const ENOUGH_SAMPLES = 150;

class Context implements SampledContext {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }

  slotAt(): number {
    return this.id;
  }
}

let running: CpuSampler | undefined;

function start(): CpuSampler {
  running = startCpuSampler(INTERVAL_MS, 60_000);
  return running;
}

function stop(): CpuSegment {
  assert.ok(running);
  const sampler = running;
  running = undefined;
  return sampler.stop();
}

afterEach(() => {
  running?.stop();
  running = undefined;
});

function inContext<Result>(carrier: ContextCarrier, id: number, body: () => Result): Result {
  return carrier.run(carrier.createHolder(new Context(id)), body, undefined, []);
}

/** Keeps the thread busy for as many sampling intervals. */
function burn(intervals: number): number {
  const end = process.cpuUsage().user + intervals * INTERVAL_MS * 1000;
  let sum = 0;
  while (process.cpuUsage().user < end) for (let at = 0; at < 10_000; at++) sum += Math.sqrt(at);
  return sum;
}

/** Samples per slot in which a function is on the stack. */
function slotsOf({ nodes, functions, samples }: CpuSegment, name: string): Map<number, number> {
  const isBelow = (node: number): boolean => {
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0)
      if (functions.name[nodes.function[at] ?? -1] === name) return true;
    return false;
  };
  const slots = new Map<number, number>();
  for (const [at, node] of samples.node.entries()) {
    const slot = samples.slot[at] ?? SLOT_NONE;
    if (isBelow(node)) slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  return slots;
}

test('samples carry the context they were taken in, and none outside of one', () => {
  const { carrier } = start();
  inContext(carrier, 5, () => burn(ENOUGH_SAMPLES));
  burn(ENOUGH_SAMPLES);
  const slots = slotsOf(stop(), 'burn');
  assert.deepEqual([...slots.keys()].sort(), [SLOT_NONE, 5]);
});

test('a context follows awaits, timers and promises, and concurrent ones do not mix', async () => {
  const { carrier } = start();
  async function one(): Promise<void> {
    await turn();
    burn(ENOUGH_SAMPLES);
  }
  async function two(): Promise<void> {
    await sleep(1);
    await Promise.all([turn(), turn()]);
    burn(ENOUGH_SAMPLES);
  }
  await Promise.all([inContext(carrier, 1, one), inContext(carrier, 2, two)]);
  const segment = stop();
  assert.deepEqual([...slotsOf(segment, 'one').keys()], [1]);
  assert.deepEqual([...slotsOf(segment, 'two').keys()], [2]);
});

test('a rotation ends one segment and begins the next', () => {
  const sampler = start();
  function before(): number {
    return burn(ENOUGH_SAMPLES);
  }
  function after(): number {
    return burn(ENOUGH_SAMPLES);
  }
  before();
  const first = sampler.rotate();
  after();
  const second = stop();
  assert.ok(slotsOf(first, 'before').size > 0);
  assert.equal(slotsOf(first, 'after').size, 0);
  assert.equal(slotsOf(second, 'before').size, 0);
  assert.ok(slotsOf(second, 'after').size > 0);
  assert.ok(first.endMicros <= second.endMicros);
  for (const { samples, startMicros, endMicros } of [first, second]) {
    // Two clocks, V8's and ours, agree to a few milliseconds.
    for (const time of samples.timeMicros) assert.ok(time > startMicros - 20_000 && time < endMicros + 20_000);
    assert.ok(samples.cpuNs.every((ns) => Number.isNaN(ns) || ns >= 0));
  }
  for (const { threadCpuNs } of [first, second])
    assert.ok(Number.isNaN(threadCpuNs) || threadCpuNs > (ENOUGH_SAMPLES * INTERVAL_MS * 1e6) / 2);
});

test('every sample has a node, every node its hits', () => {
  const { carrier } = start();
  inContext(carrier, 5, () => burn(ENOUGH_SAMPLES));
  const { nodes, samples, unmatched } = stop();
  const perNode = new Int32Array(nodes.parent.length);
  for (const node of samples.node) perNode[node] = (perNode[node] ?? 0) + 1;
  assert.deepEqual(perNode, nodes.hits);
  assert.ok(unmatched >= 0 && unmatched < samples.node.length / 2);
});

test('run gives this, arguments, results and throws through, and restores the context', () => {
  for (const carrier of [start().carrier, storageCarrier()]) {
    const outer = new Context(1);
    const inner = new Context(2);
    const failure = new Error('the host’s own');
    const current = (): unknown => carrier.contextOf(carrier.current() ?? fail());
    function body(this: unknown, ...args: number[]): unknown {
      assert.equal(current(), outer);
      assert.throws(() => inContextOf(carrier, inner, () => assert.equal(current(), inner) ?? fail()), failure);
      assert.equal(current(), outer);
      return [this, args];
    }
    function fail(): never {
      throw failure;
    }
    const self = {};
    assert.equal(carrier.current(), undefined);
    assert.deepEqual(carrier.run(carrier.createHolder(outer), body, self, [1, 2]), [self, [1, 2]]);
    assert.equal(carrier.current(), undefined);
  }
});

test('what still runs in a context after the sampler stopped does not reach the native profiler', async () => {
  const touched = countUseAfterDispose();
  const { carrier } = start();
  const work = inContext(carrier, 5, async () => {
    for (let at = 0; at < 20; at++) await sleep(1);
  });
  await turn();
  stop();
  await work;
  assert.equal(touched(), 0);
});

test('samplers can be started and stopped again and again', async () => {
  for (let round = 0; round < 5; round++) {
    const { carrier } = start();
    const work = inContext(carrier, round, async () => {
      await turn();
      burn(ENOUGH_SAMPLES);
    });
    await work;
    // Not by function: V8 does not tell what it inlined while no sampler ran.
    assert.ok(stop().samples.slot.includes(round));
  }
});

test('a second sampler on the same thread is refused, and the first goes on', () => {
  const { carrier } = start();
  assert.throws(() => startCpuSampler(INTERVAL_MS, 60_000));
  inContext(carrier, 5, () => burn(ENOUGH_SAMPLES));
  assert.ok(stop().samples.slot.includes(5));
});

function inContextOf(carrier: ContextCarrier, context: Context, body: () => unknown): unknown {
  return carrier.run(carrier.createHolder(context), body, undefined, []);
}

interface NativeProfiler {
  context: unknown;
  start(): void;
  stop(restart: boolean): object;
  dispose(): void;
}

/** Watches the next sampler's native part, whose memory is free after `dispose`. @returns how often it was used since. */
function countUseAfterDispose(): () => number {
  const bindings = createRequire(import.meta.url)('@datadog/pprof/out/src/time-profiler-bindings.js') as {
    TimeProfiler: new (options: object) => NativeProfiler;
  };
  const { TimeProfiler } = bindings;
  let isDisposed = false;
  let uses = 0;
  bindings.TimeProfiler = class extends TimeProfiler {
    constructor(options: object) {
      super(options);
      bindings.TimeProfiler = TimeProfiler;
      const native = new TimeProfiler(options);
      // biome-ignore lint/correctness/noConstructorReturn: the sampler is to get the watched one
      return new Proxy(native, {
        get(_, name) {
          if (isDisposed) uses++;
          if (name === 'dispose') isDisposed = true;
          const value: unknown = Reflect.get(native, name);
          return typeof value === 'function' ? value.bind(native) : value;
        },
        set(_, name, value) {
          if (isDisposed) uses++;
          else Reflect.set(native, name, value);
          return true;
        },
      });
    }
  };
  return () => uses;
}
