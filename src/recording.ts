/** One stretch of recording in this process: a sampler, the requests it tells apart, and what rotations take from both. */

import { alignClock } from './clock.ts';
import { type RecorderOptions, RequestRecorder } from './request/recorder.ts';
import type { RequestBatch } from './request/request-batch.ts';
import { FULL_BATCH } from './request/request-log.ts';
import type { RouteTable } from './request/route-table.ts';
import { type CpuSampler, storageCarrier } from './sample/cpu.ts';
import type { CpuSegment } from './sample/segment.ts';

export interface Taken {
  readonly segment: CpuSegment | null;
  readonly requests: RequestBatch;
}

export class Recording {
  readonly recorder: RequestRecorder;
  readonly #sampler: CpuSampler | undefined;

  /** @param sampler undefined where sampling cannot work: requests are counted all the same. */
  constructor(sampler: CpuSampler | undefined, routes: RouteTable, options: RecorderOptions) {
    this.#sampler = sampler;
    this.recorder = new RequestRecorder(sampler?.carrier ?? storageCarrier(), routes, options);
  }

  get tracking(): 'async-context-frame' | 'async-hooks' | 'none' {
    return this.#sampler?.tracking ?? 'none';
  }

  get samplerRestarts(): number {
    return this.#sampler?.restarts() ?? 0;
  }

  get isFull(): boolean {
    return this.recorder.pending >= FULL_BATCH;
  }

  rotate(): Taken {
    alignClock();
    return { segment: this.#sampler?.rotate() ?? null, requests: this.recorder.take() };
  }

  /** Ends it for good. */
  stop(): Taken {
    return { segment: this.#sampler?.stop() ?? null, requests: this.recorder.stop() };
  }
}
