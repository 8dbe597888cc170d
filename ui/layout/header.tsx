/** The page's head: what is shown, of what, how much of it there is, and what can be done with it. */

import type { JSX } from 'preact';
import { formatDuration } from '../../src/profile/duration.ts';
import type { Metric } from '../../src/profile/profile.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import { ActionsMenu, ExportMenu } from '../components/menus.tsx';
import { countText, routeText } from '../model/text.ts';
import { switchRecording } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { RunPicker } from './run-picker.tsx';
import { WindowPicker } from './window-picker.tsx';

const METRIC_TITLES: Record<Metric, { readonly name: string; readonly meaning: string }> = {
  cpu: { name: 'CPU', meaning: 'Time on a CPU' },
  wall: { name: 'Wall', meaning: 'Time on the JavaScript thread, and time awaited' },
  wait: { name: 'Wait', meaning: 'Time awaited off the JavaScript thread' },
};

export function Header(): JSX.Element {
  const { view, go, shown, client, theme, toggleTheme, isHelpOpen } = useStore();
  const { routes, metric } = view.value;
  const scope =
    routes.length === 0 ? 'All routes' : routes.length === 1 ? routeText(routes[0] ?? '') : `${routes.length} routes`;
  return (
    <header class="header">
      <h1 class="scope" title={scope}>
        {scope}
      </h1>
      {shown.metrics.value.length > 1 && (
        <fieldset class="segmented">
          <legend class="visually-hidden">Metric</legend>
          {shown.metrics.value.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === metric}
              title={METRIC_TITLES[name].meaning}
              onClick={() => go({ metric: name })}
            >
              {METRIC_TITLES[name].name}
            </button>
          ))}
        </fieldset>
      )}
      <WindowPicker />
      <RunPicker />
      <Facts />
      <div class="actions">
        {client.isConnected && <RecordingButtons />}
        <ExportMenu />
        {client.isConnected && <ActionsMenu />}
        <button type="button" onClick={toggleTheme} title="Light or dark">
          {theme.value === 'light' ? 'Dark' : 'Light'}
        </button>
        <button
          type="button"
          title="Keys (?)"
          aria-label="Help"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          ?
        </button>
      </div>
    </header>
  );
}

function RecordingButtons(): JSX.Element {
  const store = useStore();
  const { data } = store;
  const isRecording = data.status.value?.sampling.recording ?? true;
  return (
    <>
      <button
        type="button"
        aria-pressed={data.isLive.value}
        title="Update what is shown every two seconds (l)"
        onClick={() => {
          data.isLive.value = !data.isLive.value;
        }}
      >
        Live
      </button>
      <button
        type="button"
        class="recording"
        aria-pressed={isRecording}
        title={isRecording ? 'Stop recording' : 'Record'}
        onClick={() => void switchRecording(store)}
      >
        {isRecording ? 'Recording' : 'Stopped'}
      </button>
    </>
  );
}

function Facts(): JSX.Element {
  const { data, client } = useStore();
  const profile = data.recording.value?.profile;
  const status = data.status.value;
  if (!profile || !status) return <p class="facts">{data.failure.value ? '' : 'Loading …'}</p>;
  const seconds = Math.max(profile.window.to - profile.window.from, 0) * 1e6;
  const held = data.heldSamples.value;
  return (
    <p class="facts">
      <span>
        <b data-fact="requests">{countText(profile.requests)}</b> requests
      </span>
      <span>
        <b data-fact="samples">{countText(sumColumn(profile.nodes.self.samples))}</b> samples
        {held > 0 && <i class="held"> +{countText(held)}</i>}
      </span>
      <span>
        every {profile.intervalMs} ms in {formatDuration(seconds)}
      </span>
      <span title="Share of the main thread's time that the profiler itself took: rotations and its own samples">
        overhead {(100 * status.overhead.mainThreadShare).toFixed(2)} %
      </span>
      {!client.isConnected && <span class="pill">saved page</span>}
    </p>
  );
}
