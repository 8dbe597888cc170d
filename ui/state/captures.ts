/** Captures: which there are, the one that runs with its progress, starting and cancelling. What one that was started here finds is shown. */

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { CaptureKind, CaptureSummary } from '../../src/api/types.ts';
import { LIVE_MEMORY } from '../model/live-memory.ts';
import type { View } from '../model/view.ts';
import type { Client } from './client.ts';
import type { LiveData } from './live-data.ts';
import type { ViewState } from './view-state.ts';

const POLL_MS = 500;

export interface CaptureState {
  /** The newest first; those that the server still keeps. */
  readonly list: ReadonlySignal<readonly CaptureSummary[]>;
  readonly running: ReadonlySignal<CaptureSummary | null>;
  /** Why the last could not be started. */
  readonly refusal: ReadonlySignal<string | null>;
  /** While somebody chooses what to capture: what is proposed. */
  readonly proposed: Signal<CaptureKind | null>;
  refresh(): Promise<void>;
  start(kind: CaptureKind, seconds: number): Promise<void>;
  cancel(): Promise<void>;
  /** Shows what a finished capture recorded. */
  open(capture: CaptureSummary): void;
  /** Shows what is in use on the heap now. */
  openMemory(): void;
}

interface Parts {
  readonly client: Client;
  readonly data: LiveData;
  readonly view: ReadonlySignal<View>;
  readonly go: ViewState['go'];
  readonly notice: Signal<string | null>;
}

export function createCaptureState({ client, data, view, go, notice }: Parts): CaptureState {
  const list = signal<readonly CaptureSummary[]>([]);
  const refusal = signal<string | null>(null);
  const running = computed(() => list.value.find(isRunning) ?? null);
  /** Ids of those that were started here. */
  const own = new Set<string>();
  /** Ids of those that ran when they were last looked at. */
  const followed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  // Captures are of the process that runs now.
  const now = { run: null, process: null } as const;
  const whole = { ...now, routes: [], window: { kind: 'all' }, transforms: [], zoom: null } as const;
  const open = (capture: CaptureSummary): void => {
    if (capture.kind === 'lines') go({ ...now, capture: capture.id, tab: 'source' });
    else if (capture.kind === 'calls') go({ ...whole, capture: capture.id, tab: 'table', mode: 'stats' });
    else go({ ...whole, capture: capture.id, tab: 'overview' });
  };
  const plan = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), POLL_MS);
  };
  const ended = (capture: CaptureSummary): void => {
    if (capture.state !== 'done') {
      notice.value = `The capture of ${capture.kind} has no result: ${capture.reason ?? capture.state}`;
    } else if (own.has(capture.id)) open(capture);
    // A link to a capture that ran when it was opened.
    else if (view.value.capture === capture.id) void data.reload();
  };
  const refresh = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      list.value = (await client.captures()).captures;
    } catch {
      // That the server is gone is said elsewhere. What ran before may run still.
      if (running.value !== null) plan();
      return;
    }
    for (const capture of list.value) {
      if (isRunning(capture)) followed.add(capture.id);
      else if (followed.delete(capture.id)) ended(capture);
    }
    if (running.value !== null) plan();
  };
  // One that runs already, whoever started it.
  const runningId = computed(() => data.status.value?.capture?.id ?? null);
  effect(() => {
    if (runningId.value !== null) void refresh();
  });
  return {
    list,
    running,
    refusal,
    proposed: signal<CaptureKind | null>(null),
    refresh,
    open,
    openMemory: () => go({ ...whole, capture: LIVE_MEMORY, heap: 'inuse', tab: 'overview' }),
    start: async (kind, seconds) => {
      refusal.value = null;
      try {
        const started = await client.startCapture(kind, seconds);
        own.add(started.id);
        followed.add(started.id);
        list.value = [started, ...list.value];
        await refresh();
      } catch (error) {
        refusal.value = error instanceof Error ? error.message : String(error);
      }
    },
    cancel: async () => {
      const { value: current } = running;
      if (!current) return;
      try {
        await client.cancelCapture(current.id);
      } catch (error) {
        // It has ended by itself meanwhile, or the server is gone.
        notice.value = error instanceof Error ? error.message : String(error);
      }
      await refresh();
    },
  };
}

export function isRunning({ state }: CaptureSummary): boolean {
  return state === 'running' || state === 'finishing';
}
