/** The page's head: what is shown, of what, how much of it there is, and what can be done with it. */

import type { ComponentChildren, JSX } from 'preact';
import { formatDuration } from '../../src/profile/duration.ts';
import { HEAP_FIGURES, type HeapFigure } from '../../src/profile/heap-profile.ts';
import { MISSED_NOTE, missedShare } from '../../src/profile/missed-share.ts';
import type { Metric } from '../../src/profile/profile.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import { formatBytes } from '../../src/profile/units.ts';
import { CapturePanel } from '../components/capture-panel.tsx';
import { ActionsMenu, ExportMenu } from '../components/menus.tsx';
import { LIVE_MEMORY } from '../model/live-memory.ts';
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

const HEAP_TITLES: Record<HeapFigure, { readonly name: string; readonly meaning: string }> = {
  inuse: { name: 'In use', meaning: 'Allocated in the second half of the capture, and alive at its end' },
  allocated: { name: 'Allocated', meaning: 'Allocated in the first half of the capture, dead or alive' },
};

export function Header(): JSX.Element {
  const { view, client, theme, toggleTheme, isHelpOpen } = useStore();
  const { routes } = view.value;
  const scope =
    routes.length === 0 ? 'All routes' : routes.length === 1 ? routeText(routes[0] ?? '') : `${routes.length} routes`;
  return (
    <header class="header">
      <h1 class="scope" title={scope}>
        {scope}
      </h1>
      <MetricSwitch />
      <WindowPicker />
      <RunPicker />
      <Facts />
      <div class="actions">
        {client.isConnected && <RecordingButtons />}
        {client.isConnected && <CapturePanel />}
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

/** Memory shows what is in use where allocations are sampled, else the newest capture of the heap; where there is none it proposes one. */
function MetricSwitch(): JSX.Element | null {
  const { view, go, set, shown, captures, data, client } = useStore();
  const isSampled = data.status.value?.config['heap'] === true;
  const isLive = view.value.capture === LIVE_MEMORY;
  const isMemory = shown.unit.value.kind === 'memory';
  const heap = captures.list.value.find(({ kind, state }) => kind === 'heap' && state === 'done');
  const hasMemory = client.isConnected || isMemory;
  if (shown.metrics.value.length < 2 && !hasMemory) return null;
  return (
    <>
      <Segmented legend="Metric">
        {shown.metrics.value.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={!isMemory && name === view.value.metric}
            title={METRIC_TITLES[name].meaning}
            onClick={() => go({ metric: name, ...(isMemory ? { capture: null, zoom: null } : {}) })}
          >
            {METRIC_TITLES[name].name}
          </button>
        ))}
        {hasMemory && (
          <button
            type="button"
            aria-pressed={isMemory}
            title={isSampled ? 'What is in use on the heap now' : 'Allocations, of a capture of the heap'}
            onClick={() => {
              if (isMemory) return;
              if (isSampled) captures.openMemory();
              else if (heap) captures.open(heap);
              else captures.proposed.value = 'heap';
            }}
          >
            Memory
          </button>
        )}
      </Segmented>
      {isMemory && !isLive && (
        <Segmented legend="Memory">
          {HEAP_FIGURES.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === view.value.heap}
              title={HEAP_TITLES[name].meaning}
              onClick={() => set({ heap: name, zoom: null })}
            >
              {HEAP_TITLES[name].name}
            </button>
          ))}
        </Segmented>
      )}
    </>
  );
}

function Segmented({
  legend,
  children,
}: {
  readonly legend: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{legend}</legend>
      {children}
    </fieldset>
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
  const { data, client, shown } = useStore();
  const profile = shown.raw.value;
  const status = data.status.value;
  if (!profile || !status) return <p class="facts">{data.failure.value ? '' : 'Loading …'}</p>;
  const seconds = Math.max(profile.window.to - profile.window.from, 0) * 1e6;
  const held = data.heldSamples.value;
  const samples = sumColumn(profile.nodes.self.samples);
  if (shown.unit.value.kind === 'memory')
    return (
      <p class="facts">
        <span>
          <b data-fact="samples">{countText(Math.round(samples))}</b> objects
        </span>
        <span>
          <b>{formatBytes(shown.total.value)}</b> of the heap, estimated by sampling
        </span>
        {!client.isConnected && <span class="pill">saved page</span>}
      </p>
    );
  const missed = missedShare(status.sampling);
  return (
    <p class="facts">
      <span>
        <b data-fact="requests">{countText(profile.requests)}</b> requests
      </span>
      <span>
        <b data-fact="samples">{countText(samples)}</b> samples
        {held > 0 && <i class="held"> +{countText(held)}</i>}
      </span>
      <span>
        every {profile.intervalMs} ms in {formatDuration(seconds)}
      </span>
      <span title="Share of the main thread's time that the profiler itself took: rotations and its own samples">
        overhead {(100 * status.overhead.mainThreadShare).toFixed(2)} %
      </span>
      {missed > 0 && (
        <span class="pill" title={`Of the samples of work so many came too late: ${MISSED_NOTE}`}>
          {(100 * missed).toFixed(0)} % missed
        </span>
      )}
      {!client.isConnected && <span class="pill">saved page</span>}
    </p>
  );
}
