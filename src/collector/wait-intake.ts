/**
 * Adds what requests waited for to the trees of their routes. Traced requests stand for all: their waits are scaled by the durations
 * of the requests that ended in the same time, and what no traced request has stood for yet is owed until one does.
 */

import { routeFunction } from '../profile/by-route.ts';
import type { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import { FLAG_FIRST, FLAG_OPEN } from '../request/request-batch.ts';
import { Blockers } from '../store/blockers.ts';
import type { RequestFigures } from '../store/contract.ts';
import type { TraceBatch } from '../wait/trace-batch.ts';
import { OWN_FUNCTION } from './attribute.ts';
import { heldUp } from './held-up.ts';
import { learnCallbacks } from './learn-callbacks.ts';
import { type ReportedRequest, requestKey } from './reported-requests.ts';
import { type Interval, type OnThread, shareWaits } from './share-waits.ts';
import type { Stitcher } from './stitcher.ts';
import type { Symbolizer } from './symbolizer.ts';
import { isOwnWork, stackOf, type Timeline, type TimelineSample } from './timeline.ts';
import { type OperationStack, TraceStacks } from './trace-stacks.ts';
import { type TracedRequest, tracedRequests } from './traced-requests.ts';

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
  /** Of the requests that ended in the same time. */
  readonly figures: ReadonlyMap<string, RequestFigures>;
}

interface RouteWaits {
  tracedMicros: number;
  /** Unscaled. */
  readonly blockers: Blockers;
  /** Nanoseconds and operations by stack, unscaled. */
  readonly byStack: Map<number, { ns: number; count: number }>;
}

export class WaitIntake {
  readonly #stacks: TraceStacks;
  readonly #options: WaitIntakeOptions;
  /** Samples of requests that may turn out to be traced. */
  #onThread = new Map<string, OnThread[]>();
  /** Per route, durations of requests for which no traced one has stood yet. */
  readonly #owedMicros = new Map<string, number>();
  /** Per route and stack, what more was on the thread than waited for so far. */
  readonly #debtNs = new Map<string, number>();
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
    { routes, builder, figures }: WaitTargets,
  ): void {
    for (const [route, { durations }] of figures)
      this.#owedMicros.set(route, (this.#owedMicros.get(route) ?? 0) + durations.sum);
    for (const [route, waits] of this.#byRoute(requests, routes)) {
      if (waits.tracedMicros <= 0) continue;
      const scale = (this.#owedMicros.get(route) ?? 0) / waits.tracedMicros;
      this.#owedMicros.delete(route);
      const blockers = figures.get(route)?.blockers;
      for (const blocker of waits.blockers.largest()) blockers?.add({ ...blocker, ns: blocker.ns * scale });
      for (const [stack, { ns, count }] of waits.byStack)
        this.#addStack(builder, route, stack, ns * scale, count * scale);
    }
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
    this.#owedMicros.clear();
    this.#debtNs.clear();
  }

  #byRoute(requests: readonly TracedRequest[], routes: readonly string[]): Map<string, RouteWaits> {
    const byRoute = new Map<string, RouteWaits>();
    for (const request of requests) {
      const { slot, startMicros, endMicros, operations } = request;
      const route = routes[request.route];
      if (route === undefined || request.flags & FLAG_FIRST) continue;
      const shares = shareWaits(operations, request, this.#onThread.get(requestKey(slot, startMicros)));
      const waits = byRoute.get(route) ?? { tracedMicros: 0, blockers: new Blockers(), byStack: new Map() };
      byRoute.set(route, waits);
      waits.tracedMicros += endMicros - startMicros;
      this.#addBlockers(waits.blockers, request);
      this.counts.tracedRequests++;
      this.counts.operations += operations.length;
      for (const [at, { stack }] of operations.entries()) {
        const sum = waits.byStack.get(stack) ?? { ns: 0, count: 0 };
        sum.ns += shares[at] as number;
        sum.count++;
        waits.byStack.set(stack, sum);
      }
    }
    return byRoute;
  }

  #addBlockers(blockers: Blockers, request: TracedRequest): void {
    const { timeline, intervalMs, ownerOf } = this.#options;
    const { slot, startMicros, endMicros, operations } = request;
    const samples = timeline.between(startMicros, endMicros);
    // It tells whether the thread was busy up to the end.
    const next = timeline.next(endMicros);
    if (next) samples.push(next);
    const isOwn = (sample: TimelineSample): boolean => sample.slot === slot && sample.requestMicros === startMicros;
    for (const { sample, ns } of heldUp(request, operations, samples, isOwn, intervalMs * 1000)) {
      const info = isOwnWork(sample) ? OWN_FUNCTION : holderOf(stackOf(sample));
      if (info) blockers.add({ route: ownerOf(sample), info, ns, samples: 1 });
    }
  }

  #addStack(builder: CallTreeBuilder, route: string, index: number, ns: number, count: number): void {
    const stack = this.#stacks.get(index);
    if (!stack) return;
    const key = `${index}:${route}`;
    const settledNs = ns - (this.#debtNs.get(key) ?? 0);
    if (settledNs < 0) this.#debtNs.set(key, -settledNs);
    else this.#debtNs.delete(key);
    for (const { functions, share } of this.#pathsOf(stack, route)) {
      let node = builder.child(0, builder.addFunction(routeFunction(route)));
      for (const info of functions) node = builder.child(node, builder.addFunction(info));
      builder.addSelf(node, { waitNs: Math.max(0, settledNs) * share, waits: count * share });
    }
  }

  /** @returns the operation below its callers, the likeliest first: several where its outermost function has several. */
  #pathsOf(stack: OperationStack, route: string): { functions: readonly FunctionInfo[]; share: number }[] {
    const outermost = stack.functions[0];
    const above = (!stack.isRooted && outermost && this.#options.stitcher.callersOf(route, outermost, true)) || [
      { callers: [], share: 1 },
    ];
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

/** @returns the function to be looked at: the innermost of the application, else of a package. */
function holderOf(stack: readonly FunctionInfo[]): FunctionInfo | undefined {
  const innermost = (wanted: string): FunctionInfo | undefined => stack.findLast(({ category }) => category === wanted);
  return innermost('app') ?? innermost('package') ?? stack.at(-1);
}
