/** Adds what requests waited for to the trees of their routes: traced requests stand for all (route-waits.ts). */

import { routeFunction } from '../profile/by-route.ts';
import type { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { placeKey } from '../profile/place-key.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import type { FiguresBatch } from '../request/figures-log.ts';
import { FLAG_FIRST, FLAG_OPEN } from '../request/request-batch.ts';
import type { Blocker, Blockers } from '../store/blockers.ts';
import type { RequestFigures } from '../store/contract.ts';
import type { TraceBatch } from '../wait/trace-batch.ts';
import { blockersOf } from './blockers-of.ts';
import { durationExponent } from './duration-classes.ts';
import { learnCallbacks } from './learn-callbacks.ts';
import { type ReportedRequest, requestKey } from './reported-requests.ts';
import { RouteWaits, type TracedClass } from './route-waits.ts';
import { type Interval, type OnThread, shareWaits } from './share-waits.ts';
import type { Stitcher } from './stitcher.ts';
import type { Symbolizer } from './symbolizer.ts';
import type { Timeline, TimelineSample } from './timeline.ts';
import { type OperationStack, TraceStacks } from './trace-stacks.ts';
import { type TracedRequest, tracedRequests } from './traced-requests.ts';
import { type Amount, addAmount } from './wait-estimate.ts';

/** Requests whose samples are kept until they end. */
const MAX_KEPT = 5000;
const MAX_KEPT_SAMPLES = 1000;

export interface WaitCounts {
  tracedRequests: number;
  operations: number;
  dropped: number;
  /** Share of new requests that are traced. */
  share: number;
  /** Time on the host's thread that tracing took. */
  costMs: number;
}

/** An operation of one request. */
export interface NamedOperation extends Interval {
  /** Outermost first; the innermost is the wait itself. */
  readonly functions: readonly FunctionInfo[];
}

export interface WaitIntakeOptions {
  readonly symbolizer: Symbolizer;
  readonly stitcher: Stitcher;
  readonly timeline: Timeline;
  readonly intervalMs: number;
  readonly ownerOf: (sample: TimelineSample) => string;
}

/** What a batch of traces is added to. */
export interface WaitTargets {
  readonly routes: readonly string[];
  readonly builder: CallTreeBuilder;
  /** The requests that ended in the same time. */
  readonly ended: FiguresBatch;
  readonly figures: ReadonlyMap<string, RequestFigures>;
}

/** Where the time of a key goes: to an operation by its stack, or to who held up the event loop. */
type Target = { readonly stack: number } | { readonly blocker: Omit<Blocker, 'ns' | 'samples'> };

/** Traced requests of one route. */
class TracedRoute {
  /** By exponent of their durations. */
  readonly classes = new Map<number, TracedClass>();
  /** Unscaled. */
  readonly blockers: Blocker[] = [];
}

export class WaitIntake {
  readonly #stacks: TraceStacks;
  readonly #options: WaitIntakeOptions;
  /** Samples of requests that may turn out to be traced. */
  #onThread = new Map<string, OnThread[]>();
  readonly #waits = new RouteWaits();
  readonly #targets = new Map<string, Target>();
  readonly counts: WaitCounts = { tracedRequests: 0, operations: 0, dropped: 0, share: 0, costMs: 0 };

  constructor(options: WaitIntakeOptions) {
    this.#options = options;
    this.#stacks = new TraceStacks(options.symbolizer);
  }

  /** A sample of a request, by the request's slot and start. */
  sampled(slot: number, startMicros: number, sample: OnThread): void {
    const key = requestKey(slot, startMicros);
    const known = this.#onThread.get(key);
    if (known) {
      if (known.length < MAX_KEPT_SAMPLES) known.push(sample);
    } else if (this.#onThread.size < MAX_KEPT) this.#onThread.set(key, [sample]);
  }

  /** Learns from the stacks of a batch; call before the samples of the same time are attributed. @returns its requests. */
  async learn(traces: TraceBatch, routes: readonly string[]): Promise<readonly TracedRequest[]> {
    const { counts } = this;
    counts.dropped += traces.dropped;
    counts.share = traces.share;
    counts.costMs += traces.costMicros / 1000;
    await this.#stacks.add(traces.stacks);
    const requests = tracedRequests(traces, this.#stacks);
    const weights = new Map<string, Map<number, number>>();
    for (const request of requests) {
      const route = routes[request.route];
      if (route === undefined) continue;
      const ofRoute = weights.get(route) ?? new Map<number, number>();
      weights.set(route, ofRoute);
      for (const { stack } of request.operations) ofRoute.set(stack, (ofRoute.get(stack) ?? 0) + 1);
    }
    for (const [route, stacks] of weights) {
      for (const [index, weight] of stacks) {
        const stack = this.#stacks.get(index);
        if (stack) this.#options.stitcher.learn(route, stack.functions, stack.isRooted, weight);
      }
    }
    return requests;
  }

  /** Learns from samples which functions are callbacks; call when they are in the timeline. */
  learnCallbacks(requests: readonly TracedRequest[], routes: readonly string[]): void {
    for (const request of requests) {
      const route = routes[request.route];
      if (route !== undefined) learnCallbacks(request, route, { ...this.#options, stacks: this.#stacks });
    }
  }

  /**
   * Adds the waits of a batch; call after the samples of the same time were attributed.
   * @param reported requests of the same time that are told apart, traced or not.
   */
  add(
    requests: readonly TracedRequest[],
    reported: readonly ReportedRequest[],
    { routes, builder, ended, figures }: WaitTargets,
  ): void {
    const traced = this.#byRoute(requests, routes);
    for (const all of ended.routes) {
      const route = routes[all.route];
      const figure = route === undefined ? undefined : figures.get(route);
      if (route === undefined || !figure) continue;
      const { classes, blockers } = traced.get(route) ?? new TracedRoute();
      const { amounts, tracedRequests, coveredMicros } = this.#waits.add(route, classes, all);
      figure.traced += tracedRequests;
      figure.coveredMicros += coveredMicros;
      for (const [key, amount] of amounts) this.#addAmount(key, amount, route, builder, figure.blockers);
      // How often they were seen is not scaled.
      for (const blocker of blockers) figure.blockers.add({ ...blocker, ns: 0 });
    }
    if (this.#waits.isFull) this.clear();
    this.#keepOpen(reported);
  }

  /** @returns what a request waited for. */
  operationsOf({ operations }: TracedRequest, route: string): NamedOperation[] {
    return operations.map(({ startMicros, endMicros, stack: index }) => {
      const stack = this.#stacks.get(index);
      return { startMicros, endMicros, functions: stack ? (this.#pathsOf(stack, route)[0]?.functions ?? []) : [] };
    });
  }

  /** Forgets what belongs to a cleared profile; what was learned stays true. */
  clear(): void {
    this.#waits.clear();
    this.#targets.clear();
  }

  /** What traced requests waited for, per route. */
  #byRoute(requests: readonly TracedRequest[], routes: readonly string[]): Map<string, TracedRoute> {
    const byRoute = new Map<string, TracedRoute>();
    for (const request of requests) {
      const { slot, startMicros, endMicros, operations } = request;
      const route = routes[request.route];
      if (route === undefined || request.flags & FLAG_FIRST) continue;
      const shares = shareWaits(operations, request, this.#onThread.get(requestKey(slot, startMicros)));
      const traced = byRoute.get(route) ?? new TracedRoute();
      byRoute.set(route, traced);
      const { classes, blockers } = traced;
      const exponent = durationExponent(endMicros - startMicros);
      const some = classes.get(exponent) ?? { requests: 0, micros: 0, amounts: new Map<string, Amount>() };
      classes.set(exponent, some);
      some.requests++;
      some.micros += Math.max(0, endMicros - startMicros);
      this.counts.tracedRequests++;
      this.counts.operations += operations.length;
      const add = (key: string, target: Target, amount: Amount): void => {
        this.#targets.set(key, target);
        addAmount(some.amounts, key, amount);
      };
      for (const [at, { stack }] of operations.entries())
        add(`${stack}`, { stack }, { ns: shares[at] as number, count: 1 });
      for (const blocker of blockersOf(request, this.#options)) {
        const { route: other, info, ns } = blocker;
        add(`${placeKey(info)}\n${other}`, { blocker: { route: other, info } }, { ns, count: 0 });
        blockers.push(blocker);
      }
    }
    return byRoute;
  }

  #addAmount(key: string, { ns, count }: Amount, route: string, builder: CallTreeBuilder, blockers: Blockers): void {
    const target = this.#targets.get(key);
    if (!target) return;
    if ('blocker' in target) {
      blockers.add({ ...target.blocker, ns, samples: 0 });
      return;
    }
    const stack = this.#stacks.get(target.stack);
    if (!stack) return;
    for (const { functions, share } of this.#pathsOf(stack, route)) {
      let node = builder.child(0, builder.addFunction(routeFunction(route)));
      for (const info of functions) node = builder.child(node, builder.addFunction(info));
      builder.addSelf(node, { waitNs: ns * share, waits: count * share });
    }
  }

  /** @returns the operation below its callers, the likeliest first: several where its outermost function has several. */
  #pathsOf(stack: OperationStack, route: string): { functions: readonly FunctionInfo[]; share: number }[] {
    const above = this.#options.stitcher.callersAbove(route, stack);
    const leaf: FunctionInfo = { name: stack.label, file: '', line: 0, column: 0, category: 'wait' };
    return above.map(({ callers, share }) => ({ functions: [...callers, ...stack.functions, leaf], share }));
  }

  /** What was sampled of requests that have ended is done with. */
  #keepOpen(reported: readonly ReportedRequest[]): void {
    const kept = new Map<string, OnThread[]>();
    for (const { slot, startMicros, flags } of reported) {
      if (!(flags & FLAG_OPEN)) continue;
      const key = requestKey(slot, startMicros);
      const samples = this.#onThread.get(key);
      if (samples) kept.set(key, samples);
    }
    this.#onThread = kept;
  }
}
