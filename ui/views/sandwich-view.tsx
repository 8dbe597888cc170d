/** The selected function in the middle: what led to it above, what it called below. */

import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { metricColumn } from '../../src/profile/totals.ts';
import { useFlameColours } from '../components/profile-flame.tsx';
import { StatsTable } from '../components/stats-table.tsx';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { flameLayout } from '../model/flame-layout.ts';
import { calleesOf, callersOf } from '../model/sandwich.ts';
import { nameText } from '../model/text.ts';
import { useStore } from '../state/store.ts';

export function SandwichView(): JSX.Element {
  const { shown, view, select } = useStore();
  const row = shown.selectedRow.value;
  const heaviest = shown.table.value.rows[0];
  // Something is always in the middle: the first of the table, until a choice is made.
  useEffect(() => {
    if (row === null && view.value.function === null && heaviest) select(heaviest.function);
  }, [row, heaviest]);
  const layouts = useComputed(() => {
    const profile = shown.profile.value;
    const chosen = shown.selected.value;
    if (profile === null || chosen < 0) return null;
    const { order } = view.value;
    const metric = shown.metric.value;
    const [above, below] = [callersOf(profile, chosen), calleesOf(profile, chosen)];
    return {
      callers: flameLayout(above, metricColumn(above.nodes.self, metric), order),
      callees: flameLayout(below, metricColumn(below.nodes.self, metric), order),
    };
  });
  const colourOf = useFlameColours();
  const zoom = { callers: useSignal(0), callees: useSignal(0) };
  return (
    <div class="sandwich">
      <div class="sandwich-list">
        <StatsTable />
      </div>
      {layouts.value && row ? (
        <div class="sandwich-graphs">
          {(['callers', 'callees'] as const).map((side) => {
            const layout = layouts.value?.[side];
            return (
              layout && (
                <section key={side} aria-labelledby={`${side}-title`}>
                  <h2
                    id={`${side}-title`}
                  >{`${side === 'callers' ? 'Callers' : 'Callees'} of ${nameText(row.info)}`}</h2>
                  <FlameGraph
                    layout={layout}
                    label={side === 'callers' ? 'Callers' : 'Callees'}
                    colourOf={(node) => colourOf(layout.profile.nodes.function[node] ?? -1)}
                    zoomNode={zoom[side].value < layout.width.length ? zoom[side].value : 0}
                    onZoom={(node) => {
                      zoom[side].value = node;
                    }}
                    isLocal
                    isInverted={side === 'callers'}
                  />
                </section>
              )
            );
          })}
        </div>
      ) : (
        <p class="empty">The selected function is not in what is shown. Choose another one in the table.</p>
      )}
    </div>
  );
}
