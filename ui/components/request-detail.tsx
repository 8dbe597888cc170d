/** One kept request: its figures, its timeline, and the stack of the item that is pointed at or chosen. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { RequestAnswer } from '../../src/api/types.ts';
import { timelineLanes } from '../model/request-timeline.ts';
import { msText, percentText, routeText } from '../model/text.ts';
import { exportTrace } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import { TimelineItemFacts } from './timeline-item-facts.tsx';
import { TimelineLanes } from './timeline-lanes.tsx';

export function RequestDetail({ id }: { readonly id: string }): JSX.Element {
  const { client, go, view } = useStore();
  const { run } = view.value;
  const { answer, failure } = useAnswer(`${run} ${id}`, (signal) => client.request(id, run, signal));
  if (failure)
    return (
      <div class="empty">
        <p>{`This request cannot be shown: ${failure.message}. Only the slowest are kept; slower ones may have taken its place.`}</p>
        <button type="button" onClick={() => go({ request: null, item: null })}>
          Back to the list
        </button>
      </div>
    );
  if (answer === null) return <p class="empty loading">Loading …</p>;
  return <Timeline timeline={answer} />;
}

function Timeline({ timeline }: { readonly timeline: RequestAnswer }): JSX.Element {
  const store = useStore();
  const { view, go, set } = store;
  const lanes = useMemo(() => timelineLanes(timeline), [timeline]);
  const hovered = useSignal<string | null>(null);
  const shown = hovered.value ?? view.value.item;
  const item = lanes.flatMap(({ items }) => items).find((candidate) => candidate.id === shown);
  const { durationMs, cpuMs, waitMs, otherMs, othersMs, isTraced, method, url, route, pid } = timeline;
  const share = (ms: number): string => `${msText(ms)} (${percentText(ms, durationMs)})`;
  return (
    <section class="request" aria-label="Timeline of the request">
      <div class="tools">
        <h2>{routeText(`${method} ${url}`)}</h2>
        <span class="count">
          {`${routeText(route)}, ${msText(durationMs)}: CPU ${share(cpuMs)}, ${
            isTraced ? `waits ${share(waitMs)}` : 'waits not traced'
          }, other ${share(otherMs)}, meanwhile others ran ${msText(othersMs)}; process ${pid}`}
        </span>
        <button type="button" onClick={() => void exportTrace(store, timeline.id)}>
          Trace for Perfetto
        </button>
        <button type="button" aria-label="Close the timeline" onClick={() => go({ request: null, item: null })}>
          ×
        </button>
      </div>
      <TimelineLanes
        timeline={timeline}
        lanes={lanes}
        chosen={view.value.item}
        onChoose={(next) => set({ item: next })}
        onHover={(next) => {
          hovered.value = next;
        }}
      />
      {item ? (
        <TimelineItemFacts timeline={timeline} item={item} />
      ) : (
        <p class="hint">
          Point at an item, or choose one with the arrow keys, to see what it is and where it was called.
          {!isTraced && ' This request was not among those whose waits are traced: what it waited for is in the gaps.'}
        </p>
      )}
    </section>
  );
}
