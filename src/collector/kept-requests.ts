/** Keeps the slowest requests of each route whole: their samples, their waits, and what ran for others meanwhile. */

import type { RequestTimeline } from '../profile/kept-request.ts';
import { FLAG_ABORTED } from '../request/request-batch.ts';
import type { SlowRequest } from '../request/slow-requests.ts';
import type { RequestSource } from '../store/contract.ts';
import { logicalFrames } from './logical-frames.ts';
import type { Stitcher } from './stitcher.ts';
import { stackOf, type Timeline, type TimelineSample } from './timeline.ts';
import { type OthersStretch, type OwnStretch, type Stretch, timelineColumns } from './timeline-columns.ts';
import { uncoveredMs } from './uncovered.ts';
import type { NamedOperation } from './wait-intake.ts';

const MAX_PER_ROUTE = 10;
/** Of all kept requests together, about 50 bytes each. */
const MAX_ROWS = 200_000;
/** A request older than this makes room for any newer one: the worst of a bad start must not stay for weeks. */
const STALE_MS = 3_600_000;

export interface KeptRequestsOptions {
  readonly pid: number;
  /** Of ids: no other process or thread of the run has it. */
  readonly idPrefix: string;
  readonly timeline: Timeline;
  readonly stitcher: Stitcher;
  /** The route whose time a sample is. */
  readonly ownerOf: (sample: TimelineSample) => string;
}

export class KeptRequests implements RequestSource {
  readonly #options: KeptRequestsOptions;
  /** Per route. */
  readonly #kept = new Map<string, RequestTimeline[]>();
  #rows = 0;
  changes = 0;
  #lastId = 0;

  constructor(options: KeptRequestsOptions) {
    this.#options = options;
  }

  /** @param waits the request's operations, undefined where it was not traced. */
  add(request: SlowRequest, route: string, waits: readonly NamedOperation[] | undefined): void {
    const ofRoute = this.#kept.get(route) ?? [];
    this.#kept.set(route, ofRoute);
    const durationMs = msBetween(request.startMicros, request.endMicros);
    if (ofRoute.length >= MAX_PER_ROUTE && !this.#makeRoom(ofRoute, durationMs, request.endMicros / 1000)) return;
    const timeline = this.#timelineOf(request, route, waits);
    ofRoute.push(timeline);
    this.changes++;
    this.#rows += rowsOf(timeline);
    while (this.#rows > MAX_ROWS) this.#dropFastest();
  }

  all(): RequestTimeline[] {
    return [...this.#kept.values()].flat();
  }

  clear(): void {
    this.#kept.clear();
    this.#rows = 0;
    this.changes++;
  }

  #makeRoom(requests: RequestTimeline[], durationMs: number, nowMs: number): boolean {
    const stale = requests.find(({ startedAt }) => nowMs - startedAt > STALE_MS);
    const leaving = stale ?? fastest(requests);
    if (!leaving || (!stale && leaving.durationMs >= durationMs)) return false;
    this.#drop(requests, leaving);
    return true;
  }

  #dropFastest(): void {
    const all = [...this.#kept.values()].filter((requests) => requests.length > 0);
    const leaving = fastest(all.flat());
    const requests = all.find((candidates) => candidates.some((candidate) => candidate === leaving));
    if (leaving && requests) this.#drop(requests, leaving);
  }

  #drop(requests: RequestTimeline[], leaving: RequestTimeline): void {
    requests.splice(requests.indexOf(leaving), 1);
    this.#rows -= rowsOf(leaving);
  }

  #timelineOf(request: SlowRequest, route: string, operations: readonly NamedOperation[] | undefined): RequestTimeline {
    const { startMicros, endMicros } = request;
    const msOf = (micros: number): number => msBetween(startMicros, Math.min(endMicros, Math.max(startMicros, micros)));
    const stretchOf = ({ timeMicros, wallNs }: TimelineSample): { startMs: number; endMs: number } => ({
      startMs: msOf(timeMicros - wallNs / 1000),
      endMs: msOf(timeMicros),
    });
    const own: OwnStretch[] = [];
    const others: OthersStretch[] = [];
    for (const sample of this.#options.timeline.between(startMicros, endMicros)) {
      if (sample.slot === request.slot && sample.requestMicros === startMicros) {
        const stack = logicalFrames(stackOf(sample), route, this.#options.stitcher);
        const stretch = stretchOf(sample);
        // What of the first sample lies before the request is not the request's.
        const share = sample.wallNs === 0 ? 1 : ((stretch.endMs - stretch.startMs) * 1e6) / sample.wallNs;
        own.push({ ...stretch, cpuMs: (sample.cpuNs / 1e6) * Math.min(1, share), stack });
      } else others.push({ ...stretchOf(sample), route: this.#options.ownerOf(sample), stack: stackOf(sample) });
    }
    const waits = (operations ?? []).map(
      (operation): Stretch => ({
        startMs: msOf(operation.startMicros),
        endMs: msOf(operation.endMicros),
        stack: operation.functions,
      }),
    );
    const durationMs = msBetween(startMicros, endMicros);
    const cpuMs = sum(own.map((stretch) => stretch.cpuMs));
    const waitMs = uncoveredMs(waits, own);
    return {
      id: `${this.#options.idPrefix}-${++this.#lastId}`,
      route,
      method: request.method,
      url: request.url,
      status: request.status,
      isAborted: (request.flags & FLAG_ABORTED) !== 0,
      startedAt: startMicros / 1000,
      durationMs,
      cpuMs,
      wallMs: sum(own.map(({ startMs, endMs }) => endMs - startMs)),
      waitMs,
      otherMs: Math.max(0, durationMs - cpuMs - waitMs),
      othersMs: sum(others.map(({ startMs, endMs }) => endMs - startMs)),
      isTraced: operations !== undefined,
      pid: this.#options.pid,
      ...timelineColumns(own, waits, others),
    };
  }
}

function fastest(requests: readonly RequestTimeline[]): RequestTimeline | undefined {
  let found = requests[0];
  for (const request of requests) if (found && request.durationMs < found.durationMs) found = request;
  return found;
}

function rowsOf({ samples, waits, others }: RequestTimeline): number {
  return samples.atMs.length + waits.startMs.length + others.atMs.length;
}

function msBetween(startMicros: number, endMicros: number): number {
  return (endMicros - startMicros) / 1000;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
