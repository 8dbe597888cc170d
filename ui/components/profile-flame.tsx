/** The flame graph of what is shown, and its switches. */

import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { functionColour } from '../model/colours.ts';
import { stackHashes } from '../model/function-key.ts';
import { countText } from '../model/text.ts';
import { COLOURS, type ColourMode } from '../model/view.ts';
import { useStore } from '../state/store.ts';

const COLOUR_TITLES: Record<ColourMode, string> = { package: 'package', category: 'category', self: 'own time' };

export function ProfileFlame(): JSX.Element | null {
  const { shown, go } = useStore();
  const colourOf = useFlameColours();
  const layout = shown.layout.value;
  if (layout === null) return null;
  const folded = shown.flame.value?.folded ?? 0;
  const isFold = (node: number): boolean =>
    folded > 0 && layout.profile.nodes.function[node] === layout.profile.functions.length - 1;
  return (
    <FlameGraph
      layout={layout}
      label="Flame graph"
      colourOf={(node) => colourOf(layout.profile.nodes.function[node] ?? -1)}
      zoomNode={shown.zoomNode.value}
      onZoom={(node) => {
        if (isFold(node)) return go({ isWholeStack: true, zoom: null });
        go({ zoom: node > 0 ? (stackHashes(layout.profile)[node] ?? null) : null });
      }}
      isShownProfile
      detailOf={(node) =>
        isFold(node) ? `stands for ${countText(folded)} functions that call what is below; double-click shows them` : ''
      }
    />
  );
}

/** @returns the colour of each function of the shown profile */
export function useFlameColours(): (functionIndex: number) => string {
  const { shown, view, theme } = useStore();
  const mode = useComputed(() => view.value.colour);
  const colours = useComputed(() => {
    const colour = mode.value;
    // Only where own time is the colour: a first picture does not wait for the table's rows.
    const rows = colour === 'self' ? shown.rows.value : [];
    const heaviest = rows.reduce((most, { selfNs }) => Math.max(most, selfNs), 0) || 1;
    const heat = new Map(rows.map((row) => [row.function, row.selfNs / heaviest]));
    const functions = shown.profile.value?.functions ?? [];
    // Made when they are first drawn: most functions of a large profile never are.
    const made: (string | undefined)[] = new Array(functions.length);
    return (index: number): string | undefined => {
      const info = functions[index];
      if (info) made[index] ??= functionColour(info, colour, theme.value, heat.get(index) ?? 0);
      return made[index];
    };
  });
  const root = theme.value === 'light' ? '#dedad5' : '#3a3735';
  return (index) => colours.value(index) ?? root;
}

export function FlameTools(): JSX.Element {
  const { view, set, go } = useStore();
  const { colour, order, isOwnCode, isWholeStack, zoom } = view.value;
  return (
    <div class="tools">
      <label>
        <input type="checkbox" checked={isOwnCode} onChange={() => go({ isOwnCode: !isOwnCode, zoom: null })} /> Only
        own code
      </label>
      {!isOwnCode && (
        <label title="Draw what calls own code as well, frame by frame">
          <input
            type="checkbox"
            checked={isWholeStack}
            onChange={() => go({ isWholeStack: !isWholeStack, zoom: null })}
          />{' '}
          Whole stacks
        </label>
      )}
      <label>
        Colour{' '}
        <select
          value={colour}
          onChange={({ currentTarget }) =>
            set({ colour: COLOURS.find((mode) => mode === currentTarget.value) ?? 'package' })
          }
        >
          {COLOURS.map((mode) => (
            <option key={mode} value={mode}>
              {COLOUR_TITLES[mode]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Order{' '}
        <select
          value={order}
          onChange={({ currentTarget }) => set({ order: currentTarget.value === 'weight' ? 'weight' : 'name' })}
        >
          <option value="name">name</option>
          <option value="weight">heaviest first</option>
        </select>
      </label>
      {zoom !== null && (
        <button type="button" onClick={() => go({ zoom: null })}>
          Show all
        </button>
      )}
    </div>
  );
}
