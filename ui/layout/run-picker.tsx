/** Chooses the run and the process that everything on the page speaks of. Each appears where there is something to choose. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { runText } from '../model/run-text.ts';
import { useStore } from '../state/store.ts';
import { useRuns } from '../state/use-runs.ts';

const OF_ONE_RUN = { process: null, window: { kind: 'all' }, request: null, item: null, capture: null } as const;

export function RunPicker(): JSX.Element | null {
  const { view, go, client, data } = useStore();
  const asked = useSignal(0);
  const runs = useRuns(asked.value);
  const status = data.status.value;
  if (!client.isConnected) return null;
  const { run, process } = view.value;
  const shown = runs.find(({ id, isCurrent }) => (run === null ? isCurrent : id === run));
  const processes = shown?.processes ?? status?.processes ?? [];
  return (
    <>
      {(runs.length > 1 || run !== null) && (
        <select
          aria-label="Run"
          value={run ?? ''}
          onFocus={() => asked.value++}
          onChange={({ currentTarget }) => {
            // What is of this run, such as the last minute or a capture, is not of another.
            go({ ...OF_ONE_RUN, run: currentTarget.value || null });
          }}
        >
          <option value="">This run</option>
          {runs
            .filter(({ isCurrent }) => !isCurrent)
            .map((each) => (
              <option key={each.id} value={each.id}>
                {runText(each)}
              </option>
            ))}
          {run !== null && !shown && <option value={run}>{run}</option>}
        </select>
      )}
      {(processes.length > 1 || process !== null) && (
        <select
          aria-label="Process"
          value={process ?? ''}
          onChange={({ currentTarget }) => go({ process: Number(currentTarget.value) || null })}
        >
          <option value="">All processes</option>
          {processes.map(({ pid, title, endedAt }) => (
            <option key={pid} value={pid}>{`${pid} ${title}${endedAt ? ' (ended)' : ''}`}</option>
          ))}
          {process !== null && !processes.some(({ pid }) => pid === process) && (
            <option value={process}>{process}</option>
          )}
        </select>
      )}
    </>
  );
}
