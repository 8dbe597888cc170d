/** Turns what the host's thread sent into slices: names functions, finds each sample's request, counts requests, holds back samples of requests whose route is not known yet. */

import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import type { Profile } from '../profile/profile.ts';
import { FLAG_FIRST, FLAG_OPEN, NO_ROW, type RequestBatch, ROUTE_UNKNOWN } from '../request/request-batch.ts';
import { TAIL_MICROS } from '../request/slot.ts';
import { type CpuSegment, SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../sample/segment.ts';
import type { RequestFigures, Slice } from '../store/contract.ts';
import type { TraceBatch } from '../wait/trace-batch.ts';
import {
  attributeSegment,
  BACKGROUND_ROUTE,
  type Destination,
  noSamples,
  type SampleCounts,
  type TimedSample,
} from './attribute.ts';
import { ClosureMakers } from './closure-makers.ts';
import { endedFigures } from './ended-figures.ts';
import { KeptRequests } from './kept-requests.ts';
import { learnFromSamples } from './learn-from-samples.ts';
import { PendingRequests } from './pending-requests.ts';
import { type ReportedRequest, reportedRequests } from './reported-requests.ts';
import { type StitchCounts, stitchTree } from './stitch-tree.ts';
import { Stitcher } from './stitcher.ts';
import type { Symbolizer } from './symbolizer.ts';
import { Timeline, type TimelineSample } from './timeline.ts';
import type { TracedRequest } from './traced-requests.ts';
import { type WaitCounts, WaitIntake } from './wait-intake.ts';

/** What a first request does after so long is no warm-up: it may be a stream of events that stays open for days. */
const WARMUP_MICROS = 5_000_000;

export interface IntakeOptions {
  readonly run: string;
  readonly pid: number;
  /** 0 for the main thread. */
  readonly thread: number;
  readonly intervalMs: number;
  readonly symbolizer: Symbolizer;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #routes: string[] = [];
  readonly #pending = new PendingRequests();
  #ended = 0;
  #open = 0;
  readonly counts: SampleCounts = noSamples();
  readonly stitched: StitchCounts = { stitchedNs: 0, ambiguousNs: 0, unknownNs: 0 };
  readonly #makers: ClosureMakers;
  readonly #stitcher: Stitcher;
  readonly #waits: WaitIntake;
  readonly #timeline = new Timeline();
  /** The slowest requests. */
  readonly kept: KeptRequests;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#makers = new ClosureMakers(options.symbolizer);
    this.#stitcher = new Stitcher((info) => this.#makers.makerOf(info));
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

  /** CPU time of the samples that wait for their requests' routes. */
  get heldCpuNs(): number {
    return this.#pending.held().cpuNs;
  }

  /**
   * @param segment null where nothing is sampled.
   * @param traces null where waits are not traced.
   */
  async take(segment: CpuSegment | null, batch: RequestBatch, traces: TraceBatch | null = null): Promise<Slice> {
    this.#routes.push(...batch.newRoutes);
    const requests = reportedRequests(batch);
    const figures = endedFigures(batch.figures, this.#routes);
    const builder = new CallTreeBuilder();
    this.#ended += batch.figures.ended;
    this.#open = requests.filter(({ flags }) => flags & FLAG_OPEN).length;
    const lost = this.#pending.settle(requests, this.#routes, builder);
    this.counts.unresolved += lost.samples;
    this.counts.discardedCpuNs += lost.cpuNs;
    const to = segment?.endMicros ?? Date.now() * 1000;
    const from = segment?.startMicros ?? to;
    const traced = traces ? await this.#waits.learn(traces, this.#routes) : [];
    if (segment) {
      const requestOf = (sample: number): ReportedRequest | undefined => requests[batch.sampleRow[sample] ?? NO_ROW];
      const samples: Omit<TimelineSample, 'frames'>[] = [];
      const frames = attributeSegment(segment, await this.#options.symbolizer.symbolize(segment.functions), {
        builder,
        destinationOf: (sample, timeMicros) => this.#destinationOf(requestOf(sample), timeMicros),
        pendingBuilder: (request) => this.#pending.builderOf(request),
        counts: this.counts,
        sampled: (sample, index) => samples.push(this.#withRequest(sample, requestOf(index))),
      });
      this.#timeline.add(samples, frames);
    }
    this.#waits.learnCallbacks(traced, this.#routes);
    this.#keepSlow(batch, traced);
    const recorded = this.#build(builder, from / 1000, to / 1000, figures);
    const stitched = this.#stitch(recorded);
    if (traces) {
      const targets = { routes: this.#routes, builder: stitched, ended: batch.figures, figures };
      this.#waits.add(traced, requests, targets);
    }
    return { from: from / 1000, to: to / 1000, tree: stitched.build(recorded), figures };
  }

  /** Forgets requests and held-back samples: what comes next belongs to a cleared profile. */
  clear(): void {
    this.#pending.clear();
    this.#waits.clear();
    this.kept.clear();
    this.#timeline.clear();
  }

  /** Puts what V8 shows at the root of a stack below its callers, as far as they are known. */
  #stitch(recorded: Profile): CallTreeBuilder {
    this.#makers.meet(recorded.functions);
    learnFromSamples(recorded, this.#stitcher);
    return stitchTree(recorded, this.#stitcher, this.stitched);
  }

  /** Tells the waits of a sample of a request. */
  #withRequest(sample: TimedSample, request: ReportedRequest | undefined): Omit<TimelineSample, 'frames'> {
    if (!request || sample.timeMicros > request.endMicros) return { ...sample, requestMicros: 0, route: ROUTE_UNKNOWN };
    this.#waits.sampled(sample.slot, request.startMicros, sample);
    return { ...sample, requestMicros: request.startMicros, route: request.route };
  }

  #keepSlow({ slow }: RequestBatch, traced: readonly TracedRequest[]): void {
    for (const request of slow) {
      const route = this.#routes[request.route];
      if (route === undefined || request.flags & FLAG_FIRST) continue;
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

  #destinationOf(request: ReportedRequest | undefined, timeMicros: number): Destination {
    if (!request) return 'unresolved';
    // As in RequestSlot.slotAt, which knows only the last two requests of a slot: what outlived its request belongs to none.
    if (timeMicros > request.endMicros + TAIL_MICROS) return { route: BACKGROUND_ROUTE };
    if (request.flags & FLAG_FIRST && timeMicros < request.startMicros + WARMUP_MICROS) return 'warmup';
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
