/** Turns what the host's thread sent into slices: names functions, finds each sample's request, counts requests, holds back samples of requests whose route is not known yet. */

import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import type { Profile } from '../profile/profile.ts';
import { FLAG_ABORTED, FLAG_FIRST, FLAG_OPEN, type RequestBatch, ROUTE_UNKNOWN } from '../request/request-batch.ts';
import { TAIL_MICROS } from '../request/slot.ts';
import { type CpuSegment, SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../sample/segment.ts';
import type { RequestFigures, Slice } from '../store/contract.ts';
import { emptyFigures } from '../store/slices.ts';
import type { TraceBatch } from '../wait/trace-batch.ts';
import {
  attributeSegment,
  BACKGROUND_ROUTE,
  type Destination,
  type SampleCounts,
  type TimedSample,
} from './attribute.ts';
import { KeptRequests } from './kept-requests.ts';
import { PendingRequests } from './pending-requests.ts';
import { RequestIndex } from './request-index.ts';
import { type StitchCounts, stitchTree } from './stitch-tree.ts';
import { Stitcher } from './stitcher.ts';
import type { Symbolizer } from './symbolizer.ts';
import { Timeline, type TimelineSample } from './timeline.ts';
import type { TracedRequest } from './traced-requests.ts';
import { type WaitCounts, WaitIntake } from './wait-intake.ts';

const SERVER_ERROR = 500;
/** What runs so shortly after the end of a request is the rest of its work, not something that goes on. */
const AFTERMATH_MICROS = 20_000;

export interface IntakeOptions {
  readonly run: string;
  readonly pid: number;
  /** 0 for the main thread. */
  readonly thread: number;
  readonly intervalMs: number;
  readonly discardFirstRequest: boolean;
  readonly symbolizer: Symbolizer;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #index = new RequestIndex();
  readonly #routes: string[] = [];
  readonly #pending = new PendingRequests();
  #outlived = new Set<number>();
  #spent: RequestBatch[] = [];
  #ended = 0;
  #open = 0;
  readonly counts: SampleCounts = {
    total: 0,
    idle: 0,
    warmup: 0,
    ignored: 0,
    profiler: 0,
    unresolved: 0,
    unmatched: 0,
    threadCpuNs: 0,
    owedCpuNs: 0,
    profilerNs: 0,
  };
  readonly stitched: StitchCounts = { stitchedNs: 0, ambiguousNs: 0, unknownNs: 0 };
  readonly #stitcher = new Stitcher();
  readonly #waits: WaitIntake;
  readonly #timeline = new Timeline();
  /** The slowest requests. */
  readonly kept: KeptRequests;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const shared = {
      timeline: this.#timeline,
      stitcher: this.#stitcher,
      ownerOf: (sample: TimelineSample) => ownerOf(sample, this.#routes),
    };
    this.#waits = new WaitIntake({ ...options, ...shared });
    const { pid, thread } = options;
    this.kept = new KeptRequests({ ...shared, pid, idPrefix: thread === 0 ? String(pid) : `${pid}.${thread}` });
  }

  get waitCounts(): WaitCounts {
    return this.#waits.counts;
  }

  get ended(): number {
    return this.#ended;
  }

  get open(): number {
    return this.#open;
  }

  /**
   * @param segment null where nothing is sampled.
   * @param traces null where waits are not traced.
   */
  async take(segment: CpuSegment | null, batch: RequestBatch, traces: TraceBatch | null = null): Promise<Slice> {
    this.#routes.push(...batch.newRoutes);
    const figures = new Map<string, RequestFigures>();
    const builder = new CallTreeBuilder();
    this.#countRequests(batch, figures);
    this.#spent.push(...this.#index.add(batch, segment));
    this.counts.unresolved += this.#pending.settle(batch, this.#routes, builder);
    const to = segment?.endMicros ?? Date.now() * 1000;
    const from = segment?.startMicros ?? to;
    const traced = traces ? await this.#waits.learn(traces, this.#routes) : [];
    if (segment) {
      const samples: Omit<TimelineSample, 'frames'>[] = [];
      const frames = attributeSegment(segment, await this.#options.symbolizer.symbolize(segment.functions), {
        builder,
        destinationOf: (slot, timeMicros) => this.#destinationOf(slot, timeMicros),
        pendingBuilder: (request) => this.#pending.builderOf(request),
        counts: this.counts,
        sampled: (sample) => samples.push(this.#withRequest(sample)),
      });
      this.#timeline.add(samples, frames);
    }
    this.#waits.learnCallbacks(traced, this.#routes);
    this.#keepSlow(batch, traced);
    const tree = this.#build(builder, from / 1000, to / 1000, figures);
    return {
      from: from / 1000,
      to: to / 1000,
      tree: traces ? this.#withWaits({ tree, figures }, traced, batch) : tree,
      figures,
    };
  }

  /** The slots in which something ran on after a request had ended, as far as the samples since the last call show. */
  takeOutlived(): number[] {
    const slots = [...this.#outlived];
    this.#outlived.clear();
    return slots;
  }

  /** The batches that are no longer needed, since the last call. */
  takeSpent(): RequestBatch[] {
    const spent = this.#spent;
    this.#spent = [];
    return spent;
  }

  /** Forgets requests and held-back samples: what comes next belongs to a cleared profile. */
  clear(): void {
    this.#pending.clear();
    this.#waits.clear();
    this.kept.clear();
    this.#timeline.clear();
  }

  #withWaits(
    { tree, figures }: Pick<Slice, 'tree' | 'figures'>,
    traced: readonly TracedRequest[],
    batch: RequestBatch,
  ): Profile {
    const builder = stitchTree(tree, this.#stitcher, this.stitched);
    this.#waits.add(traced, batch, { routes: this.#routes, builder, figures });
    return builder.build(tree);
  }

  /** Tells the waits of a sample, and finds its request. */
  #withRequest(sample: TimedSample): Omit<TimelineSample, 'frames'> {
    const request = sample.slot < 0 ? undefined : this.#index.find(sample.slot, sample.timeMicros);
    if (!request || sample.timeMicros > request.endMicros) return { ...sample, requestMicros: 0, route: ROUTE_UNKNOWN };
    this.#waits.sampled(sample.slot, request.startMicros, sample);
    return { ...sample, requestMicros: request.startMicros, route: request.route };
  }

  #keepSlow({ slow }: RequestBatch, traced: readonly TracedRequest[]): void {
    for (const request of slow) {
      const route = this.#routes[request.route];
      if (route === undefined || (request.flags & FLAG_FIRST && this.#options.discardFirstRequest)) continue;
      const trace = traced.find(
        ({ slot, startMicros }) => slot === request.slot && startMicros === request.startMicros,
      );
      this.kept.add(request, route, trace && this.#waits.operationsOf(trace, route));
    }
  }

  #build(builder: CallTreeBuilder, from: number, to: number, figures: ReadonlyMap<string, RequestFigures>): Profile {
    let requests = 0;
    for (const figure of figures.values()) requests += figure.requests;
    return builder.build({
      run: this.#options.run,
      window: { from, to },
      routes: [...figures.keys()].sort(),
      requests,
      intervalMs: this.#options.intervalMs,
    });
  }

  #countRequests(batch: RequestBatch, figures: Map<string, RequestFigures>): void {
    this.#open = 0;
    for (let at = 0; at < batch.length; at++) {
      const flags = batch.flags[at] as number;
      if (flags & FLAG_OPEN) {
        this.#open++;
        continue;
      }
      this.#ended++;
      if (flags & FLAG_FIRST && this.#options.discardFirstRequest) continue;
      const route = this.#routes[batch.route[at] as number];
      if (route === undefined) continue;
      let figure = figures.get(route);
      if (!figure) {
        figure = emptyFigures();
        figures.set(route, figure);
      }
      figure.requests++;
      if ((batch.status[at] as number) >= SERVER_ERROR || flags & FLAG_ABORTED) figure.errors++;
      figure.durations.accept(Math.max(0, (batch.endMicros[at] as number) - (batch.startMicros[at] as number)));
    }
  }

  #destinationOf(slot: number, timeMicros: number): Destination {
    const request = this.#index.find(slot, timeMicros);
    if (!request) return 'unresolved';
    // On a busy server the slot has long been given to others when the host looks at the sample: only here it can be told.
    if (timeMicros > request.endMicros + AFTERMATH_MICROS) this.#outlived.add(slot);
    // As in RequestSlot.slotAt, which knows only the last two requests of a slot: what outlived its request belongs to none.
    if (timeMicros > request.endMicros + TAIL_MICROS) return { route: BACKGROUND_ROUTE };
    if (request.isFirst && this.#options.discardFirstRequest) return 'warmup';
    const route = this.#routes[request.route];
    if (route !== undefined) return { route };
    return this.#pending.hasRoomFor(request) ? { pending: request } : 'unresolved';
  }
}

/** Whose time a sample is, for those who had to wait meanwhile. */
function ownerOf({ slot, route }: TimelineSample, routes: readonly string[]): string {
  if (slot === SLOT_NONE) return BACKGROUND_ROUTE;
  if (slot === SLOT_IGNORED) return '(ignored)';
  if (slot === SLOT_PROFILER) return '(profiler)';
  return (route === ROUTE_UNKNOWN ? undefined : routes[route]) ?? '(not routed yet)';
}
