/** The shapes of captures, and of memory in use (docs/api.md). */

import type { FunctionInfo } from '../profile/profile.ts';

/** What a capture records: exact calls of functions, samples of source lines, allocations. */
export const CAPTURE_KINDS = ['calls', 'lines', 'heap'] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

/** `finishing`: its time is over, the result is being made. */
export type CaptureState = 'running' | 'finishing' | 'done' | 'cancelled' | 'failed';

/** One capture, without its result. */
export interface CaptureSummary {
  readonly id: string;
  readonly kind: CaptureKind;
  readonly state: CaptureState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it was asked to run. */
  readonly seconds: number;
  /** Share of that time which has passed, 0 to 1. */
  readonly progress: number;
  /** Why it was cancelled or failed. */
  readonly reason?: string;
}

/** A function and what a capture says of it. */
export type CapturedFunction<Figures> = FunctionInfo & Figures;

export interface CallsResult {
  /** The most called first. */
  readonly functions: readonly CapturedFunction<CallFigures>[];
  /** How many functions were left out of a huge result; 0 for all but those. */
  readonly truncated: number;
}

export interface CallFigures {
  /** Exact; missing for generators, of which V8 counts calls and resumptions together. */
  readonly calls?: number;
  /** How often the function's code was entered: calls, and resumptions after an `await` or a `yield`. */
  readonly entries: number;
}

export interface LinesResult {
  readonly intervalMs: number;
  /** Samples on the thread while it was busy. */
  readonly samples: number;
  /** The costliest first; `lines` likewise, and they sum to `samples`. Line 0 takes samples of unknown place. */
  readonly functions: readonly CapturedFunction<{
    readonly samples: number;
    readonly lines: readonly LineSamples[];
  }>[];
  readonly truncated: number;
}

/** Estimates from samples: each stands for as many objects and bytes as were allocated between it and its neighbours. */
export interface HeapFigures {
  readonly inUseObjects: number;
  readonly inUseBytes: number;
  readonly allocatedObjects: number;
  readonly allocatedBytes: number;
}

export interface AllocationFigures<Figure extends string> {
  /** Functions by what they allocated themselves: the most in use first. */
  readonly functions: readonly CapturedFunction<Readonly<Record<Figure, number>>>[];
  /** The call tree of the allocations: columns as in a profile; `function` is an index into `functions`, -1 for the root. */
  readonly nodes: {
    readonly parent: readonly number[];
    readonly function: readonly number[];
    readonly self: Readonly<Record<Figure, readonly number[]>>;
  };
  /** Stacks for which there was no room below their last node. */
  readonly truncated: number;
}

export interface HeapResult extends AllocationFigures<keyof HeapFigures> {
  /** Of each half of the capture: `allocated` figures are of the first, `inUse` figures of the second, taken at its end. */
  readonly halfSeconds: number;
}

/** `api/v1/memory`, with the option `heap`: what was allocated since sampling began and is still in use. Of all routes. */
export interface MemoryAnswer extends AllocationFigures<'inUseBytes' | 'inUseObjects'> {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Bytes between samples, on average. */
  readonly intervalBytes: number;
}

export type CaptureResult = CallsResult | LinesResult | HeapResult;

export interface CapturesAnswer {
  /** The newest first. */
  readonly captures: readonly CaptureSummary[];
}

/** What `api/v1/captures/ID` answers: the result once there is one. */
export type CaptureAnswer =
  | (CaptureSummary & { readonly kind: 'calls'; readonly result?: CallsResult })
  | (CaptureSummary & { readonly kind: 'lines'; readonly result?: LinesResult })
  | (CaptureSummary & { readonly kind: 'heap'; readonly result?: HeapResult });

export interface LineSamples {
  readonly line: number;
  readonly samples: number;
}
