/**
 * What the server has recorded, kept up to date while somebody looks: about every two seconds, not while the page is hidden, less often
 * where answers take long. What is on the screen holds still while it is pointed at.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type { CaptureSummary, HeapResult, Profile, RouteFigures, StatusAnswer } from '../../src/api/types.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import { LIVE_MEMORY } from '../model/live-memory.ts';
import { typedProfile } from '../model/typed-profile.ts';
import type { View } from '../model/view.ts';
import { type Client, RequestFailure } from './client.ts';
import { isShownWhole, partQuery, profileQuery, selectionQuery } from './selection-query.ts';

const POLL_MS = 2000;
/** Of the time between two polls at most this share is spent on answering. */
const MAX_SHARE = 0.2;

interface Recording {
  /** Of the selection, or of the time of a capture of calls. */
  readonly profile: Profile;
  readonly routes: readonly RouteFigures[];
  /** The one in the URL. */
  readonly capture: CaptureSummary | null;
  /** What the views show in place of the profile. */
  readonly heap: HeapResult | null;
}

export interface LiveData {
  readonly status: ReadonlySignal<StatusAnswer | null>;
  /** Null until the first answer. */
  readonly recording: ReadonlySignal<Recording | null>;
  readonly failure: ReadonlySignal<RequestFailure | null>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly isLive: Signal<boolean>;
  /** True while something on the screen must not move. */
  readonly isHeld: Signal<boolean>;
  /** Samples that came in while the screen was held. */
  readonly heldSamples: ReadonlySignal<number>;
  /** Asks now; what comes is shown even if the screen is held. */
  reload(): Promise<void>;
  start(): void;
}

export function createLiveData(client: Client, view: ReadonlySignal<View>, page: Document): LiveData {
  const status = signal<StatusAnswer | null>(null);
  const shown = signal<Recording | null>(null);
  const held = signal<Recording | null>(null);
  const failure = signal<RequestFailure | null>(null);
  const isLoading = signal(false);
  const isLive = signal(client.isConnected);
  const isHeld = signal(false);
  let seen = '';
  let running: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (recording: Recording): void =>
    batch(() => {
      shown.value = recording;
      held.value = null;
    });
  const load = async (isWanted: boolean): Promise<void> => {
    // A poll asks only for what is new, and would put nothing in the place of what it cancels.
    if (!isWanted && isLoading.value) return;
    running?.abort();
    const abort = new AbortController();
    running = abort;
    if (isWanted) isLoading.value = true;
    const asked = performance.now();
    try {
      const asking = client.status(abort.signal);
      // What is wanted does not wait for the counters; they are of no later time than what comes.
      const wanted = isWanted ? recordingOf(client, view.value, abort.signal) : null;
      const [state] = await Promise.all([asking, wanted]);
      const counters = `${state.run.id} ${state.run.revision}`;
      // What a capture recorded stays as it is.
      const capture = shown.value?.capture ?? null;
      const isFinal = isShownWhole(capture) && capture.id !== LIVE_MEMORY;
      const isNew = !isFinal && counters !== seen;
      if (isWanted || (isLive.value && (isNew || shown.value === null || failure.value !== null))) {
        const recording = await (wanted ?? recordingOf(client, view.value, abort.signal));
        if (abort.signal.aborted) return;
        seen = counters;
        if (isHeld.value && !isWanted && shown.value !== null) held.value = recording;
        else show(recording);
      }
      status.value = state;
      failure.value = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      failure.value = error instanceof RequestFailure ? error : new RequestFailure(0, '', String(error));
    } finally {
      if (running === abort) {
        isLoading.value = false;
        plan(Math.max(POLL_MS, (performance.now() - asked) / MAX_SHARE));
      }
    }
  };
  const plan = (delayMs: number): void => {
    clearTimeout(timer);
    if (client.isConnected && !page.hidden) timer = setTimeout(() => void load(false), delayMs);
  };

  const selected = computed(() => `${view.value.capture} ${selectionQuery(view.value, 0)}`);
  return {
    status,
    recording: shown,
    failure,
    isLoading,
    isLive,
    isHeld,
    heldSamples: computed(() => samplesOf(held.value) - (held.value === null ? 0 : samplesOf(shown.value))),
    reload: () => load(true),
    start: () => {
      effect(() => {
        void selected.value;
        untracked(() => void load(true));
      });
      effect(() => {
        const waiting = held.value;
        if (!isHeld.value && waiting !== null) show(waiting);
      });
      page.addEventListener('visibilitychange', () => {
        if (page.hidden) clearTimeout(timer);
        else void load(false);
      });
    },
  };
}

async function recordingOf(client: Client, view: View, signal: AbortSignal): Promise<Recording> {
  const now = Date.now();
  const capture = view.capture === null ? null : await client.capture(view.capture, signal);
  const [{ routes }, answer] = await Promise.all([
    client.routes(partQuery(view, now), signal),
    client.profile(profileQuery(view, capture, now), signal),
  ]);
  return {
    profile: typedProfile(answer),
    routes,
    capture,
    heap: capture?.kind === 'heap' ? (capture.result ?? null) : null,
  };
}

function samplesOf(recording: Recording | null): number {
  return recording === null ? 0 : sumColumn(recording.profile.nodes.self.samples);
}
