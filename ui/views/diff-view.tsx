/** Two sides: the baseline, and what is selected. What became slower and what faster are two lists. */

import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Profile, RunSummary } from '../../src/api/types.ts';
import { type DiffRow, diffProfiles } from '../../src/profile/diff.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import type { Metric } from '../../src/profile/profile.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import { DiffFlame } from '../components/diff-flame.tsx';
import { DiffList } from '../components/diff-list.tsx';
import { windowText } from '../layout/window-picker.tsx';
import { foldForeignCode } from '../model/own-code.ts';
import { runText } from '../model/run-text.ts';
import { routeText } from '../model/text.ts';
import { applyTransforms } from '../model/transforms.ts';
import { typedProfile } from '../model/typed-profile.ts';
import type { Baseline, View } from '../model/view.ts';
import { markBaseline, markRun, readUpload } from '../state/baseline.ts';
import { selectionQuery } from '../state/selection-query.ts';
import { useStore } from '../state/store.ts';
import { useRuns } from '../state/use-runs.ts';

interface Uploaded {
  readonly name: string;
  readonly profile: Profile;
}

export function DiffView(): JSX.Element {
  const store = useStore();
  const { view, shown, client, go, data } = store;
  const uploaded = useSignal<Uploaded | null>(null);
  const fetched = useSignal<Profile | null>(null);
  const problem = useSignal<string | null>(null);
  const { baseline, process, run, metric } = view.value;
  const current = data.status.value?.run.id ?? null;
  const runs = useRuns();
  const others = runs.filter(({ id }) => id !== (run ?? current));
  useEffect(() => {
    fetched.value = null;
    problem.value = null;
    if (baseline === null || !client.isConnected) return;
    const abort = new AbortController();
    client
      // A process is one of its run.
      .profile(
        selectionQuery({ ...baseline, process: baseline.run === run ? process : null }, Date.now()),
        abort.signal,
      )
      .then((answer) => {
        fetched.value = typedProfile(answer);
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) problem.value = error instanceof Error ? error.message : String(error);
      });
    return () => abort.abort();
  }, [baseline, process, run]);
  const sides = useComputed(() => {
    const before = uploaded.value?.profile ?? fetched.value;
    return { before: before && changed(before, view.value), after: shown.profile.value };
  });
  const { before, after } = sides.value;
  const rows = useComputed(() => {
    const { before: old, after: now } = sides.value;
    return old && now ? rowsOf(old, now, view.value.metric) : [];
  });
  const upload = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      uploaded.value = { name: file.name, profile: await readUpload(file) };
      problem.value = null;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <div class="diff">
      <div class="tools">
        <span>
          <b>Baseline:</b>{' '}
          {uploaded.value
            ? routeText(uploaded.value.name)
            : baseline
              ? baselineText(baseline, baseline.run === run ? null : runs)
              : 'none yet'}
          {before && ` · ${sideText(before)}`}
        </span>
        <span>
          <b>Compared:</b> {after ? sideText(after) : 'nothing'}
        </span>
        {client.isConnected && (
          <button type="button" onClick={() => markBaseline(store)}>
            Take what is shown as baseline
          </button>
        )}
        {others.length > 0 && (
          <select
            aria-label="Another run as baseline"
            value={baseline?.run ?? ''}
            onChange={({ currentTarget }) => {
              uploaded.value = null;
              if (currentTarget.value !== '') markRun(store, currentTarget.value);
            }}
          >
            <option value="">Another run as baseline</option>
            {others.map((each) => (
              <option key={each.id} value={each.id}>
                {runText(each)}
              </option>
            ))}
          </select>
        )}
        <label class="button">
          pprof file as baseline
          <input
            class="visually-hidden"
            type="file"
            accept=".pb.gz,.pprof,.gz,.pb"
            onChange={({ currentTarget }) => void upload(currentTarget.files?.[0])}
          />
        </label>
        {(baseline !== null || uploaded.value !== null) && (
          <button
            type="button"
            onClick={() => {
              uploaded.value = null;
              go({ baseline: null });
            }}
          >
            No baseline
          </button>
        )}
      </div>
      {problem.value !== null && (
        <div class="banner failing" role="alert">
          {problem.value}
        </div>
      )}
      {before && after ? (
        <>
          <DiffFlame before={before} after={after} metric={metric} />
          <div class="diff-lists">
            <DiffList title="Slower" rows={rows.value.filter(({ self }) => self.delta > 0)} />
            <DiffList title="Faster" rows={rows.value.filter(({ self }) => self.delta < 0)} />
          </div>
        </>
      ) : (
        <div class="empty">
          <p>
            Choose a baseline: take what is shown now (key b), press Δ beside a route, choose another run, or open a
            pprof file. Then select another route or window: what is selected is compared with it.
          </p>
        </div>
      )}
    </div>
  );
}

/** Without slices of time: transforms are made here, and slices are the server's. */
function rowsOf(before: Profile, after: Profile, metric: Metric): readonly DiffRow[] {
  return diffProfiles({ profile: before, slices: [] }, { profile: after, slices: [] }, { metric }).rows;
}

/** Both sides are changed alike: by own code and transforms. */
function changed(profile: Profile, { isOwnCode, transforms }: View): Profile {
  return applyTransforms(isOwnCode ? foldForeignCode(profile) : profile, transforms);
}

/** @param runs null where both sides are of one run. */
function baselineText({ routes, window, run }: Baseline, runs: readonly RunSummary[] | null): string {
  const scope = routes.length === 0 ? 'all routes' : routes.map(routeText).join(', ');
  return `${scope}, ${windowText(window)}${runs === null ? '' : `, ${runName(run, runs)}`}`;
}

function runName(run: string | null, runs: readonly RunSummary[]): string {
  if (run === null) return 'this run';
  const known = runs.find(({ id }) => id === run);
  return known ? `run of ${runText(known)}` : `run ${run}`;
}

function sideText({ requests, nodes, window }: Profile): string {
  const seconds = formatDuration(Math.max(0, window.to - window.from) * 1e6);
  return `${requests} requests, ${Math.round(sumColumn(nodes.self.samples))} samples in ${seconds}`;
}
