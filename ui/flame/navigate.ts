/** The keyboard in a flame graph: from box to box, and over the width. */

import type { FlameLayout } from '../model/flame-layout.ts';
import type { Navigator } from '../state/store.ts';
import type { Range, Viewport } from './viewport.ts';

export interface Walk {
  readonly layout: FlameLayout;
  readonly isInverted: boolean;
  readonly viewport: Viewport;
  range(): Range;
  /** The box that has the keyboard's attention; 0 while there is none. */
  current(): number;
  goTo(node: number): void;
  scrollBy(share: number): void;
  showAll(): void;
  opens(): string | null;
}

export function flameNavigator(walk: Walk): Navigator {
  const { layout, viewport, isInverted } = walk;
  return {
    move(step) {
      const node = walk.current();
      const inwards = isInverted ? 'up' : 'down';
      if (step === 'left' || step === 'right') walk.goTo(besides(layout, node, step === 'right' ? 1 : -1));
      else walk.goTo(step === inwards ? heaviestChild(layout, node) : (layout.profile.nodes.parent[node] ?? 0));
    },
    pan(x, y) {
      const { from, to } = walk.range();
      if (x !== 0) viewport.show({ from: from + (to - from) * x, to: to + (to - from) * x });
      if (y !== 0) walk.scrollBy(y);
    },
    zoom(factor) {
      const { from, to } = walk.range();
      const middle = (from + to) / 2;
      viewport.show({ from: middle - ((to - from) * factor) / 2, to: middle + ((to - from) * factor) / 2 });
    },
    reset: walk.showAll,
    opens: walk.opens,
  };
}

function heaviestChild({ profile, width }: FlameLayout, node: number): number {
  let best = node;
  let most = 0;
  for (let child = node + 1; child < width.length; child++) {
    if (profile.nodes.parent[child] !== node || (width[child] ?? 0) <= most) continue;
    best = child;
    most = width[child] ?? 0;
  }
  return best;
}

/** The next box of the same row. */
function besides({ rows, depth, start }: FlameLayout, node: number, step: 1 | -1): number {
  const row = rows[depth[node] ?? 0];
  if (!row) return node;
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((start[row[middle] ?? 0] ?? 0) < (start[node] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return row[low + step] ?? node;
}
