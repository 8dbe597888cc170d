/** The slowest requests of each route, kept whole: a list, and the timeline of the one that is chosen. */

import type { ComponentChildren, JSX } from 'preact';
import { RequestDetail } from '../components/request-detail.tsx';
import { ShareBar } from '../components/share-bar.tsx';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { useNavigator } from '../flame/use-navigator.ts';
import { isTextSort, REQUEST_SORTS, sortRequests } from '../model/request-list.ts';
import { countText, msText, routeText, timeText } from '../model/text.ts';
import { selectionQuery } from '../state/selection-query.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';

const COLUMNS = [
  { key: 'duration', title: 'duration', isFigure: true },
  { key: 'cpu', title: 'CPU', isFigure: true, hint: 'Its own, by sampling' },
  { key: 'wait', title: 'wait', isFigure: true, hint: 'Overlapping waits counted once' },
  { key: 'other', title: 'other', isFigure: true, hint: 'Event-loop delay and what is not instrumented' },
  { key: 'others', title: 'others', isFigure: true, hint: 'Time on the thread of other requests while it was open' },
  { key: 'status', title: 'status', isFigure: true },
  { key: 'started', title: 'when', isFigure: true },
  { key: 'route', title: 'route' },
  { key: 'url', title: 'URL' },
];

/** The slowest ones; what is sorted by another column is sorted among them. */
const MAX_ROWS = 1000;

export function RequestsView(): JSX.Element {
  const store = useStore();
  const { client, data, view, set, go } = store;
  const { routes, requestSort, isRequestsReversed, request: chosen } = view.value;
  const queryAt = (now: number): string => `limit=${MAX_ROWS}&${selectionQuery(view.value, now)}`;
  const version = data.isLive.value && !data.isHeld.value ? data.status.value?.run.revision : 'held';
  const { answer, failure } = useAnswer(
    client.isConnected ? queryAt(0) : null,
    (signal) => client.requests(queryAt(Date.now()), signal),
    version,
  );
  const rows = sortRequests(
    (answer?.requests ?? []).filter(({ route }) => routes.length === 0 || routes.includes(route)),
    requestSort,
    isRequestsReversed,
  );
  const selected = rows.findIndex(({ id }) => id === chosen);
  const choose = (position: number): void => {
    const row = rows[Math.min(Math.max(position, 0), rows.length - 1)];
    if (row && row.id !== chosen) go({ request: row.id, item: null });
  };
  const takeKeys = useNavigator(store, {
    move: (step) => (step === 'up' || step === 'down') && choose(selected + (step === 'down' ? 1 : -1)),
    pan: () => undefined,
    zoom: () => undefined,
    reset: () => undefined,
    opens: () => null,
    step: (step) => choose(selected + step),
  });
  if (!client.isConnected)
    return <p class="empty">A saved page holds no requests: the server keeps them. Open the server’s own page.</p>;
  if (failure) return <p class="empty">{`The requests cannot be shown: ${failure.message}.`}</p>;
  if (answer === null) return <p class="empty loading">Loading …</p>;
  if (rows.length === 0 && chosen === null) return <NoRequests slowMs={answer.slowMs} isScoped={routes.length > 0} />;
  const longest = rows.reduce((most, { durationMs }) => Math.max(most, durationMs), 0);
  const cellsOf = (position: number): ComponentChildren[] => {
    const row = rows[position];
    if (!row) return [];
    return [
      <ShareBar key="duration" text={msText(row.durationMs)} part={row.durationMs} all={longest} />,
      msText(row.cpuMs),
      row.isTraced ? msText(row.waitMs) : '–',
      msText(row.otherMs),
      msText(row.othersMs),
      row.isAborted ? 'aborted' : row.status === 0 ? '–' : String(row.status),
      timeText(row.startedAt),
      routeText(row.route),
      routeText(`${row.method} ${row.url}`),
    ];
  };
  return (
    <div class={`requests ${chosen === null ? '' : 'with-detail'}`}>
      <div class="tools">
        <span>{`${countText(rows.length)} requests of ${msText(answer.slowMs)} or longer, the slowest of each route`}</span>
      </div>
      <VirtualGrid
        label="Slow requests"
        columns={COLUMNS}
        template="5.6rem 4.8rem 4.8rem 4.8rem 4.8rem 4.4rem 4.8rem minmax(9rem, 1fr) minmax(12rem, 2fr)"
        minWidth="66rem"
        count={rows.length}
        selected={selected}
        cellsOf={cellsOf}
        onSelect={(position) => {
          takeKeys();
          choose(position);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          choose(selected + step);
        }}
        sorted={{ key: requestSort, isAscending: isTextSort(requestSort) !== isRequestsReversed }}
        onSort={(key) => {
          const wanted = REQUEST_SORTS.find((name) => name === key) ?? 'duration';
          set(
            wanted === requestSort
              ? { isRequestsReversed: !isRequestsReversed }
              : { requestSort: wanted, isRequestsReversed: false },
          );
        }}
        onHold={(isHeld) => {
          data.isHeld.value = isHeld;
        }}
      />
      {chosen !== null && <RequestDetail key={chosen} id={chosen} />}
    </div>
  );
}

function NoRequests({ slowMs, isScoped }: { readonly slowMs: number; readonly isScoped: boolean }): JSX.Element {
  const { choose } = useStore();
  return (
    <div class="empty">
      <h2>{`No request${isScoped ? ' of these routes' : ''} took ${msText(slowMs)} or longer`}</h2>
      <p>
        Requests that slow are kept whole, with all that happened in them in order of time. For another threshold start
        the server with <code>PROFILER_SLOW_MS</code>, for example <code>PROFILER_SLOW_MS=100</code>.
      </p>
      {isScoped && (
        <button type="button" onClick={() => choose({ routes: [] })}>
          All routes
        </button>
      )}
    </div>
  );
}
