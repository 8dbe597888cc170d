/**
 * Load for latency: requests arrive at a fixed moderate rate at random (Poisson) moments, whether or not earlier ones have been
 * answered, and a response's latency counts from the moment its request was due. So a pause delays every request that falls
 * into it, as it does for users, instead of delaying the load ("coordinated omission", Gil Tene). Own code because neither tool
 * can do it: wrk has no rate; autocannon sends a second's requests in one burst and records whole milliseconds. The loop
 * spins on its core: timers are too coarse for arrivals a few hundred microseconds apart.
 */

import { createHistogram, performance } from 'node:perf_hooks';
import type { Random } from '../statistics/random.ts';
import type { Connection } from './connection.ts';
import { withConnections } from './connection-pool.ts';

const CONNECTIONS = 64;
/**
 * About 10 us between two looks at the sockets. Without it each look, a million per second, would be a system call and an
 * Immediate, and the load generator's garbage collections would be the 99th percentile.
 */
const SPIN_TURNS = 20_000;
const NANOS_PER_MS = 1e6;
const NANOS_PER_MICRO = 1e3;

export interface OpenLoopPlan {
  readonly requests: number;
  readonly ratePerSecond: number;
  /** Draws the arrival times; the same seed for every variant of a round. */
  readonly random: Random;
}

export interface Latency {
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly maxMicros: number;
}

/** @param requests encoded requests, used in turn */
export function runOpenLoop(port: number, requests: readonly Buffer[], plan: OpenLoopPlan): Promise<Latency> {
  return withConnections<Latency>(port, CONNECTIONS, (connections, done) => {
    const histogram = createHistogram({ figures: 3 });
    // First in, first out: every connection is used before the server's keep-alive timeout closes it.
    const idle: Connection[] = [...connections];
    const overdue: number[] = [];
    const meanGapMs = 1000 / plan.ratePerSecond;
    let nextAtMs = performance.now();
    let arrived = 0;
    let sent = 0;
    let answered = 0;

    const send = (connection: Connection, dueAtMs: number): void => {
      const request = requests[sent % requests.length];
      if (request === undefined) return;
      sent++;
      connection.send(request, () => {
        histogram.record(Math.max(1, Math.round((performance.now() - dueAtMs) * NANOS_PER_MS)));
        answered++;
        const waiting = overdue.shift();
        if (waiting === undefined) idle.push(connection);
        else send(connection, waiting);
        if (answered === plan.requests) done(latencyOf(histogram));
      });
    };

    const arrive = (): void => {
      spin();
      const nowMs = performance.now();
      while (nextAtMs <= nowMs && arrived < plan.requests) {
        const connection = idle.shift();
        if (connection === undefined) overdue.push(nextAtMs);
        else send(connection, nextAtMs);
        arrived++;
        nextAtMs += -Math.log(1 - plan.random()) * meanGapMs;
      }
      if (arrived < plan.requests) setImmediate(arrive);
    };
    arrive();
  });
}

/** Counts instead of asking the clock, which would box a number each time. */
function spin(): void {
  for (let turns = 0; turns < SPIN_TURNS; turns++);
}

function latencyOf(histogram: { percentile(p: number): number; readonly max: number }): Latency {
  return {
    p50Micros: histogram.percentile(50) / NANOS_PER_MICRO,
    p99Micros: histogram.percentile(99) / NANOS_PER_MICRO,
    maxMicros: histogram.max / NANOS_PER_MICRO,
  };
}
