/** Messages between the host's thread and the collector thread. Everything in them can be structured-cloned. */

import type { ApiRequest, ApiResponse, CaptureKind } from '../api/types.ts';
import type { AsyncCalls } from '../capture/async-calls.ts';
import type { Options } from '../config/options.ts';
import type { RequestBatch } from '../request/request-batch.ts';
import type { HeapSegment } from '../sample/heap-segment.ts';
import type { CpuSegment } from '../sample/segment.ts';
import type { Starter } from '../store/starter.ts';
import type { TraceBatch } from '../wait/trace-batch.ts';

/** What the collector is started with. */
export interface CollectorData {
  readonly options: Options;
  readonly host: HostFacts;
  /** Said when the final flush is done. The host's thread waits for them at exit. */
  readonly lastWords: SharedArrayBuffer;
  /** One Int32: 1 while the collector has an inspector session on the host's thread. At exit the host's thread waits for its end. */
  readonly inspecting: SharedArrayBuffer;
}

/** Facts of the process, for `status` and for file headers. */
export interface HostFacts {
  /** Id of the run, unless the process belongs to one that others have begun. */
  readonly run: string;
  readonly pid: number;
  readonly parentPid: number;
  /** 0 for the main thread. */
  readonly thread: number;
  readonly title: string;
  readonly node: string;
  readonly version: string;
  readonly startedAt: number;
  readonly cwd: string;
  /** The program's main file, '' where there is none. */
  readonly script: string;
  readonly starter: Starter;
  /** The system's folder for temporary files, as the program sees it. */
  readonly temporaryDirectory: string;
  /** Where the profiler's own code lies: its frames are folded. */
  readonly ownDirectory: string;
}

/** What the host's thread knows of itself, sent with every segment. */
export interface HostStatus {
  readonly recording: boolean;
  readonly tracking: 'async-context-frame' | 'async-hooks' | 'none';
  readonly samplerRestarts: number;
  readonly slots: number;
  readonly retiredSlots: number;
  /** How long the rotation that made the previous segment held the host's thread; NaN for the first. */
  readonly lastRotationMs: number;
  readonly problems: readonly string[];
}

export type ToCollector =
  | {
      readonly type: 'segment';
      readonly segment: CpuSegment | null;
      readonly requests: RequestBatch;
      /** Null where waits are not traced. */
      readonly traces: TraceBatch | null;
      readonly status: HostStatus;
      readonly reply: number;
    }
  | { readonly type: 'http'; readonly id: number; readonly request: ApiRequest }
  | { readonly type: 'http-abort'; readonly id: number }
  | { readonly type: 'source-map'; readonly id: number; readonly json: string | null }
  /** `obstacle` says why a capture would disturb the host. */
  | { readonly type: 'capture-begun'; readonly id: number; readonly obstacle: string | null }
  | { readonly type: 'capture-ended'; readonly id: number; readonly asyncCalls: AsyncCalls | null }
  /** Null where allocations are not sampled. */
  | { readonly type: 'heap'; readonly id: number; readonly heap: HeapSegment | null }
  /** The host ends: inspect it no more. */
  | { readonly type: 'detach' }
  | { readonly type: 'flush' };

export type FromCollector =
  | { readonly type: 'ready'; readonly listening: string | null }
  | { readonly type: 'http'; readonly id: number; readonly response: ApiResponse }
  /** Asks for a rotation; the segment comes back with `reply` set to `id`. */
  | { readonly type: 'rotate'; readonly id: number }
  | { readonly type: 'recording'; readonly on: boolean; readonly id: number }
  | { readonly type: 'source-map'; readonly id: number; readonly file: string }
  | { readonly type: 'heap'; readonly id: number }
  | { readonly type: 'capture-begin'; readonly id: number; readonly kind: CaptureKind }
  | { readonly type: 'capture-end'; readonly id: number }
  | { readonly type: 'log'; readonly text: string };
