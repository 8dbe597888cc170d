/** Chooses the run and the process that everything on the page speaks of. Each appears where there is something to choose. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { RunSummary } from '../../src/api/types.ts';
import { countText } from '../model/text.ts';
import { useStore } from '../state/store.ts';

export function RunPicker(): JSX.Element | null {
  const { view, go, client, data } = useStore();
  const runs = useSignal<readonly RunSummary[]>([]);
  const status = data.status.value;
  const load = (signal?: AbortSignal): void => {
    client
      .runs(signal)
      .then((answer) => {
        runs.value = answer.runs;
      })
      // The page does without; that the server is gone is said elsewhere.
      .catch(() => undefined);
  };
  useEffect(() => {
    if (!client.isConnected) return;
    const abort = new AbortController();
    load(abort.signal);
    return () => abort.abort();
  }, [status?.run.id, status?.processes.length]);
  if (!client.isConnected) return null;
  const { run, process } = view.value;
  const shown = runs.value.find(({ id, isCurrent }) => (run === null ? isCurrent : id === run));
  const processes = shown?.processes ?? status?.processes ?? [];
  return (
    <>
      {(runs.value.length > 1 || run !== null) && (
        <select
          aria-label="Run"
          value={run ?? ''}
          onFocus={() => load()}
          onChange={({ currentTarget }) => {
            // What is of this run, such as the last minute, is not of another.
            go({ run: currentTarget.value || null, process: null, window: { kind: 'all' } });
          }}
        >
          <option value="">This run</option>
          {runs.value
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

function runText({ startedAt, requests }: RunSummary): string {
  return `${new Date(startedAt).toLocaleString('en-GB')}, ${countText(requests)} requests`;
}
