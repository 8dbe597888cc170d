/** Turns what the host's thread sent into slices: names functions, finds each sample's request, counts requests, holds back samples of requests whose route is not known yet. */

import { routeFunction } from '../profile/by-route.ts';
import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { Profile } from '../profile/profile.ts';
import { FLAG_ABORTED, FLAG_FIRST, FLAG_OPEN, type RequestBatch } from '../request/request-batch.ts';
import { TAIL_MICROS } from '../request/slot.ts';
import type { CpuSegment } from '../sample/segment.ts';
import type { RequestFigures, Slice } from '../store/contract.ts';
import { emptyFigures } from '../store/slices.ts';
import type { TraceBatch } from '../wait/trace-batch.ts';
import { attributeSegment, BACKGROUND_ROUTE, type Destination, type SampleCounts } from './attribute.ts';
import { type IndexedRequest, RequestIndex, requestKey } from './request-index.ts';
import { type StitchCounts, stitchTree } from './stitch-tree.ts';
import { Stitcher } from './stitcher.ts';
import type { Symbolizer } from './symbolizer.ts';
import { type WaitCounts, WaitIntake } from './wait-intake.ts';

/** Requests held back at a time; the host names every request's route after a few seconds, so these are few. */
const MAX_PENDING = 1000;
const SERVER_ERROR = 500;
/** What runs so shortly after the end of a request is the rest of its work, not something that goes on. */
const AFTERMATH_MICROS = 20_000;

export interface IntakeOptions {
  readonly run: string;
  readonly intervalMs: number;
  readonly discardFirstRequest: boolean;
  readonly symbolizer: Symbolizer;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #index = new RequestIndex();
  readonly #routes: string[] = [];
  #pending = new Map<string, CallTreeBuilder>();
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

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#waits = new WaitIntake(options.symbolizer, this.#stitcher, options.discardFirstRequest);
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
    this.#settlePending(batch, builder);
    const to = segment?.endMicros ?? Date.now() * 1000;
    const from = segment?.startMicros ?? to;
    if (traces) await this.#waits.learn(traces, this.#routes);
    if (segment) {
      attributeSegment(segment, await this.#options.symbolizer.symbolize(segment.functions), {
        builder,
        destinationOf: (slot, timeMicros) => this.#destinationOf(slot, timeMicros),
        pendingBuilder: (request) => this.#pendingBuilder(request),
        counts: this.counts,
        sampled: (slot, timeMicros, wallNs) => this.#keepForWaits(slot, timeMicros, wallNs),
      });
    }
    const tree = this.#build(builder, from / 1000, to / 1000, figures);
    return { from: from / 1000, to: to / 1000, tree: traces ? this.#withWaits(tree, traces, batch) : tree, figures };
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
  }

  #withWaits(tree: Profile, traces: TraceBatch, batch: RequestBatch): Profile {
    const builder = stitchTree(tree, this.#stitcher, this.stitched);
    this.#waits.add(traces, batch, this.#routes, builder);
    return builder.build(tree);
  }

  #keepForWaits(slot: number, timeMicros: number, wallNs: number): void {
    const request = this.#index.find(slot, timeMicros);
    if (request && timeMicros <= request.endMicros)
      this.#waits.sampled(slot, request.startMicros, { timeMicros, wallNs });
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
    return this.#pending.size < MAX_PENDING || this.#pending.has(requestKey(request.slot, request.startMicros))
      ? { pending: request }
      : 'unresolved';
  }

  #pendingBuilder(request: IndexedRequest): CallTreeBuilder {
    const key = requestKey(request.slot, request.startMicros);
    let builder = this.#pending.get(key);
    if (!builder) {
      builder = new CallTreeBuilder();
      this.#pending.set(key, builder);
    }
    return builder;
  }

  /** Gives held-back samples to the routes that are known now; those of requests that vanished are counted. */
  #settlePending(batch: RequestBatch, into: CallTreeBuilder): void {
    if (this.#pending.size === 0) return;
    const still = new Map<string, CallTreeBuilder>();
    for (let at = 0; at < batch.length; at++) {
      const key = requestKey(batch.slot[at] as number, batch.startMicros[at] as number);
      const held = this.#pending.get(key);
      if (!held) continue;
      this.#pending.delete(key);
      const route = this.#routes[batch.route[at] as number];
      if (route === undefined) still.set(key, held);
      else mergeInto(into, underRoute(held, route));
    }
    for (const lost of this.#pending.values()) this.counts.unresolved += sampleCount(snapshot(lost));
    this.#pending = still;
  }
}

function snapshot(builder: CallTreeBuilder): Profile {
  return builder.build({ run: '', window: { from: 0, to: 0 }, routes: [], requests: 0, intervalMs: 0 });
}

function sampleCount(profile: Profile): number {
  let samples = 0;
  for (let node = 0; node < profile.nodes.parent.length; node++) samples += profile.nodes.self.samples[node] as number;
  return samples;
}

/** The same tree one level further down, below its route. */
function underRoute(builder: CallTreeBuilder, route: string): Profile {
  const tree = snapshot(builder);
  const routed = new CallTreeBuilder();
  const target = new Int32Array(tree.nodes.parent.length);
  target[0] = routed.child(0, routed.addFunction(routeFunction(route)));
  for (let node = 0; node < target.length; node++) {
    const { self } = tree.nodes;
    const info = tree.functions[tree.nodes.function[node] as number];
    if (node > 0 && info)
      target[node] = routed.child(target[tree.nodes.parent[node] as number] as number, routed.addFunction(info));
    routed.addSelf(target[node] as number, {
      samples: self.samples[node] as number,
      cpuNs: self.cpuNs[node] as number,
      wallNs: self.wallNs[node] as number,
      waitNs: self.waitNs[node] as number,
      waits: self.waits[node] as number,
    });
  }
  return snapshot(routed);
}
