/** The neighbourhood of the current box as a tree that keyboards and screen readers reach: its callers, itself, what it calls. */

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { FlameLayout } from '../model/flame-layout.ts';
import { useStore } from '../state/store.ts';
import { boxText } from './box-text.ts';

/** Narrower ones are reached from their neighbours. */
const CHILDREN_SHOWN = 20;

interface MirrorProps {
  readonly layout: FlameLayout;
  readonly current: number;
  readonly label: string;
  readonly onFocus: () => void;
}

export function FlameMirror({ layout, current, label, onFocus }: MirrorProps): JSX.Element {
  const id = useId();
  const unit = useStore().shown.unit.value;
  const path: number[] = [];
  for (let node = current; node >= 0; node = layout.profile.nodes.parent[node] ?? -1) path.unshift(node);
  const below = (layout.rows[path.length] ?? []).filter((node) => layout.profile.nodes.parent[node] === current);
  return (
    <div
      class="flame-mirror"
      role="tree"
      tabIndex={0}
      aria-label={`${label}. Arrow keys move between boxes`}
      aria-activedescendant={`${id}-${current}`}
      onFocus={onFocus}
    >
      {[...path, ...below.slice(0, CHILDREN_SHOWN)].map((node) => (
        <div
          key={node}
          id={`${id}-${node}`}
          role="treeitem"
          aria-level={(layout.depth[node] ?? 0) + 1}
          aria-selected={node === current}
        >
          {boxText(layout, node, unit)}
        </div>
      ))}
    </div>
  );
}
