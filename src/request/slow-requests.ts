/** Notes the slowest requests that end between two rotations, with what the log of all requests has no room for. */

import { Socket } from 'node:net';
import type { RequestSlot } from './slot.ts';

/** Per rotation; of more, the slowest. */
const MAX_SLOW = 100;
/** Longer URLs are cut: they are shown, never parsed. */
const MAX_URL_LENGTH = 2048;

/** A request that took long; times in microseconds since the epoch. */
export interface SlowRequest {
  readonly slot: number;
  readonly startMicros: number;
  readonly endMicros: number;
  /** Index into the routes of this and all earlier batches together. */
  readonly route: number;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly flags: number;
}

export interface SlowOptions {
  readonly slowMicros: number;
  /** Whether URLs keep their query. */
  readonly keepsQuery: boolean;
}

export class SlowRequests {
  readonly #options: SlowOptions;
  #noted: SlowRequest[] = [];

  constructor(options: SlowOptions) {
    this.#options = options;
  }

  /** For every request that ends. */
  add(slot: RequestSlot, route: number, status: number, flags: number): void {
    const { startMicros, endMicros } = slot;
    if (endMicros - startMicros < this.#options.slowMicros) return;
    // A connection that stays open for days is not slow.
    const { method, url, endsOn } = slot.exchange;
    if (endsOn instanceof Socket) return;
    if (this.#noted.length >= MAX_SLOW && !this.#dropFaster(endMicros - startMicros)) return;
    const shown = shownUrl(url, this.#options.keepsQuery);
    this.#noted.push({ slot: slot.id, startMicros, endMicros, route, method, url: shown, status, flags });
  }

  take(): readonly SlowRequest[] {
    const noted = this.#noted;
    if (noted.length > 0) this.#noted = [];
    return noted;
  }

  #dropFaster(micros: number): boolean {
    let fastest = 0;
    for (const [at, request] of this.#noted.entries())
      if (durationOf(request) < durationOf(this.#noted[fastest] as SlowRequest)) fastest = at;
    if (durationOf(this.#noted[fastest] as SlowRequest) >= micros) return false;
    this.#noted.splice(fastest, 1);
    return true;
  }
}

function durationOf({ startMicros, endMicros }: SlowRequest): number {
  return endMicros - startMicros;
}

function shownUrl(url: string, keepsQuery: boolean): string {
  const start = url.slice(0, MAX_URL_LENGTH);
  const end = start.search(/[?#]/);
  return keepsQuery || end < 0 ? start : start.slice(0, end);
}
