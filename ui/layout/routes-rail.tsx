/** The routes, with what each costs. One is looked at by choosing it, several by ticking them. */

import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { RouteFigures } from '../../src/api/types.ts';
import { countText, msText, percentText, routeText } from '../model/text.ts';
import { markRoute } from '../state/baseline.ts';
import { useStore } from '../state/store.ts';

const SORTS: Readonly<Record<string, (route: RouteFigures) => number>> = {
  'CPU time': ({ cpuMs }) => cpuMs,
  requests: ({ requests }) => requests,
  mean: ({ durationMs }) => durationMs.mean,
  p95: ({ durationMs }) => durationMs.p95,
  errors: ({ errors }) => errors,
  waiting: ({ waitMs }) => waitMs,
};
/** More are found by the filter. */
const MAX_SHOWN = 200;

export function RoutesRail(): JSX.Element {
  const { view, choose, data, client } = useStore();
  const sort = useSignal('CPU time');
  const filter = useSignal('');
  const routes = useComputed(() => {
    const wanted = filter.value.toLowerCase();
    const weigh = SORTS[sort.value] ?? (() => 0);
    return [...(data.recording.value?.routes ?? [])]
      .filter(({ route }) => route.toLowerCase().includes(wanted))
      .sort((a, b) => weigh(b) - weigh(a) || b.requests - a.requests);
  });
  const allCpuMs = (data.recording.value?.routes ?? []).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const chosen = view.value.routes;
  return (
    <nav class="rail" aria-label="Routes">
      <div class="rail-tools">
        <input
          type="search"
          placeholder="Routes"
          aria-label="Filter routes"
          value={filter.value}
          onInput={({ currentTarget }) => {
            filter.value = currentTarget.value;
          }}
        />
        <select
          aria-label="Sort routes by"
          value={sort.value}
          onChange={({ currentTarget }) => {
            sort.value = currentTarget.value;
          }}
        >
          {Object.keys(SORTS).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      <ul class="routes">
        <li>
          <button
            type="button"
            class="route all"
            aria-pressed={chosen.length === 0}
            disabled={!client.isConnected}
            onClick={() => choose({ routes: [] })}
          >
            All routes
          </button>
        </li>
        {routes.value.slice(0, MAX_SHOWN).map((figures) => (
          <Route key={figures.route} figures={figures} allCpuMs={allCpuMs} />
        ))}
      </ul>
    </nav>
  );
}

function Route({ figures, allCpuMs }: { readonly figures: RouteFigures; readonly allCpuMs: number }): JSX.Element {
  const store = useStore();
  const { view, client } = store;
  const { route, requests, errors, durationMs } = figures;
  const chosen = view.value.routes;
  const isChosen = chosen.includes(route);
  const isBaseline = view.value.baseline?.routes.includes(route) === true;
  const name = routeText(route);
  const choose = (routes: readonly string[]): void => store.choose({ routes });
  return (
    <li class={isChosen ? 'chosen' : ''}>
      <button
        type="button"
        class="route"
        aria-pressed={isChosen}
        disabled={!client.isConnected}
        onClick={() => choose([route])}
      >
        <span class="route-name" title={name}>
          {name}
        </span>
        <b>{percentText(figures.cpuMs, allCpuMs)}</b>
        <TimeBar figures={figures} />
        <span class="route-figures">
          {countText(requests)} req
          {requests > 0 ? ` · mean ${msText(durationMs.mean)} · p95 ${msText(durationMs.p95)}` : ''}
          {errors > 0 && <i class="errors"> · {countText(errors)} errors</i>}
        </span>
      </button>
      {client.isConnected && (
        <span class="route-tools">
          <input
            type="checkbox"
            aria-label={`Add ${name} to the selection`}
            checked={isChosen}
            onChange={() => choose(isChosen ? chosen.filter((other) => other !== route) : [...chosen, route])}
          />
          <button
            type="button"
            aria-pressed={isBaseline}
            aria-label={`${name} is the baseline of the diff`}
            title="Baseline of the diff"
            onClick={() => markRoute(store, route)}
          >
            Δ
          </button>
        </span>
      )}
    </li>
  );
}

function TimeBar({ figures }: { readonly figures: RouteFigures }): JSX.Element {
  const { cpuMs, waitMs, otherMs, notTracedMs, tracedRequests, requests } = figures;
  const all = cpuMs + waitMs + otherMs + notTracedMs || 1;
  const parts = { cpu: cpuMs, wait: waitMs, other: otherMs, 'not-traced': notTracedMs };
  const title = Object.entries(parts).map(([name, ms]) => `${name.replace('-', ' ')} ${percentText(ms, all)}`);
  if (requests > 0) title.push(`waits of ${countText(tracedRequests)} of ${countText(requests)} requests were traced`);
  return (
    <span
      class="time-bar"
      role="img"
      aria-label={`Of the requests' time: ${title.join(', ')}`}
      title={title.join(', ')}
    >
      {Object.entries(parts).map(([name, ms]) => (
        <span key={name} class={name} style={{ width: `${(100 * ms) / all}%` }} />
      ))}
    </span>
  );
}
