/** The compared side's flame graph per request, coloured by what became slower (orange) and faster (blue). */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Profile } from '../../src/api/types.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import type { Metric } from '../../src/profile/profile.ts';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { deltaColour } from '../model/colours.ts';
import { diffTree } from '../model/diff.ts';
import { flameLayout } from '../model/flame-layout.ts';
import { useStore } from '../state/store.ts';

interface DiffFlameProps {
  readonly before: Profile;
  readonly after: Profile;
  readonly metric: Metric;
}

export function DiffFlame({ before, after, metric }: DiffFlameProps): JSX.Element {
  const { theme, view } = useStore();
  const zoom = useSignal(0);
  const { order } = view.value;
  const { layout, delta, most } = useMemo(() => {
    const both = diffTree(before, after, metric);
    return {
      layout: flameLayout(both.tree, both.tree.nodes.self.cpuNs, order),
      delta: both.delta,
      most: both.delta.reduce((largest, own) => Math.max(largest, Math.abs(own)), 0) || 1,
    };
  }, [before, after, metric, order]);
  return (
    <FlameGraph
      layout={layout}
      label="Flame graph of the difference"
      colourOf={(node) => deltaColour((delta[node] ?? 0) / most, theme.value)}
      zoomNode={zoom.value < layout.width.length ? zoom.value : 0}
      onZoom={(node) => {
        zoom.value = node;
      }}
      detailOf={(node) => {
        const own = delta[node] ?? 0;
        return `${formatDuration(Math.abs(own))} per request ${own < 0 ? 'less' : 'more'} than the baseline`;
      }}
    />
  );
}
