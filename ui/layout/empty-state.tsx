/** Why there is nothing to see, and what to do about it. */

import type { JSX } from 'preact';
import { METRICS } from '../../src/profile/profile.ts';
import { metricColumn, sumColumn } from '../../src/profile/totals.ts';
import { BlockedBy } from '../components/blocked-by.tsx';
import { countText } from '../model/text.ts';
import { copyText, switchRecording } from '../state/actions.ts';
import type { Store } from '../state/store.ts';
import { useStore } from '../state/store.ts';

interface Reason {
  readonly text: string;
  readonly remedy?: { readonly title: string; run(): void };
}

export function EmptyState(): JSX.Element {
  const store = useStore();
  const { data } = store;
  const status = data.status.value;
  if (!status) return <div class="empty loading">{data.failure.value ? 'Nothing to show yet.' : 'Loading …'}</div>;
  const curl = `curl ${location.origin}/`;
  const { recording } = status.sampling;
  const { open } = status.requests;
  const ended = endedRequests(store);
  return (
    <div class="empty">
      <h2>
        {recording ? 'Recording' : 'Recording is off'}, {countText(ended)} requests
        {open > 0 ? `, ${countText(open)} open` : ''}
      </h2>
      <ul>
        {reasons(store).map(({ text, remedy }) => (
          <li key={text}>
            {text}{' '}
            {remedy && (
              <button type="button" onClick={() => remedy.run()}>
                {remedy.title}
              </button>
            )}
          </li>
        ))}
      </ul>
      <BlockedBy />
      {ended < 10 && recording && (
        <p>
          Send traffic, for example <code>{curl}</code>{' '}
          <button type="button" onClick={() => void copyText(store, 'the command', curl)}>
            Copy
          </button>
        </p>
      )}
    </div>
  );
}

/** In the window that is shown, since the recording was last cleared. */
export function endedRequests({ data }: Store): number {
  return (data.recording.value?.routes ?? []).reduce((sum, { requests }) => sum + requests, 0);
}

function reasons(store: Store): Reason[] {
  const { view, data, go } = store;
  const { routes, window, transforms, metric, process, run } = view.value;
  const sampling = data.status.value?.sampling;
  const raw = store.shown.raw.value;
  const isMemory = store.shown.unit.value.kind === 'memory';
  const found: Reason[] = [];
  if (sampling?.recording === false)
    found.push({ text: 'No sample is taken.', remedy: { title: 'Record', run: () => void switchRecording(store) } });
  if (transforms.length > 0)
    found.push({
      text: 'The changes of the tree leave nothing of it.',
      remedy: { title: 'Take them away', run: () => go({ transforms: [], zoom: null }) },
    });
  const other = raw && !isMemory && METRICS.find((name) => sumColumn(metricColumn(raw.nodes.self, name)) > 0);
  if (isMemory)
    found.push({
      text: 'The capture of the heap saw no such memory: nothing was allocated while it ran, or nothing of it is left.',
    });
  if (other && other !== metric)
    found.push({
      text: `There is no ${metric} time here.`,
      remedy: { title: `Show ${other}`, run: () => go({ metric: other }) },
    });
  if (routes.length > 0 || process !== null || run !== null)
    found.push({
      text: 'Only some routes are selected.',
      remedy: { title: 'All routes', run: () => go({ routes: [], process: null, run: null }) },
    });
  if (window.kind !== 'all')
    found.push({
      text: 'Only a window of time is selected.',
      remedy: { title: 'All of it', run: () => go({ window: { kind: 'all' } }) },
    });
  if (isMemory) return found;
  if (sampling && sampling.discarded.warmup > 0)
    found.push({
      text: `${countText(sampling.discarded.warmup)} samples of the first request were dropped as warm-up (discard_first_request).`,
    });
  if (sampling && sampling.discarded.ignored > 0)
    found.push({
      text: `${countText(sampling.discarded.ignored)} samples are of requests that the configuration ignores.`,
    });
  if (sampling && sampling.samples > 0 && sampling.idleSamples === sampling.samples)
    found.push({ text: `The process was idle in all of ${countText(sampling.samples)} samples.` });
  return found;
}
