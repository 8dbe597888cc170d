/** Between what is on the screen and the layout's own units: which box lies under a point, and what has to be scrolled. */

import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { FlameLayout } from '../model/flame-layout.ts';
import { type FlameSpan, spanAt, visibleSpans } from '../model/flame-rows.ts';
import { ROW_PX } from './painter.ts';

/** The part of the width that is shown, in the metric's unit. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Hit {
  readonly row: number;
  readonly span: FlameSpan;
  /** The box, or the first of several that are merged. */
  readonly node: number;
}

export interface Viewport {
  /** @param x, y in pixels from the graph's corner. @returns null beside all boxes */
  hit(x: number, y: number): Hit | null;
  /** Width of a pixel in the metric's unit. */
  unit(): number;
  /** Sets the range, within the tree. */
  show(range: Range): void;
  /** Scrolls until the node's row is on the screen. */
  reveal(node: number): void;
}

export interface ViewportParts {
  readonly layout: FlameLayout;
  readonly range: Signal<Range>;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly isInverted: boolean;
}

/** Nothing narrower can be looked at: positions are doubles. */
const MAX_ZOOM = 1e9;

export function createViewport({ layout, range, scroller, isInverted }: ViewportParts): Viewport {
  const unit = (): number => (range.value.to - range.value.from) / Math.max(scroller.current?.clientWidth ?? 1, 1);
  const contentHeight = (): number => Math.max(layout.rows.length * ROW_PX, scroller.current?.clientHeight ?? 0);
  return {
    unit,
    hit(x, y) {
      const top = y + (scroller.current?.scrollTop ?? 0);
      const row = Math.floor((isInverted ? contentHeight() - top : top) / ROW_PX);
      const nodes = layout.rows[row];
      if (!nodes) return null;
      const { from, to } = range.value;
      const span = spanAt(visibleSpans(layout, nodes, from, to, unit()), from + x * unit(), unit());
      return span && { row, span, node: nodes[span.first] ?? 0 };
    },
    show({ from, to }) {
      const length = Math.min(Math.max(to - from, layout.total / MAX_ZOOM), layout.total);
      const start = Math.min(Math.max(from, 0), layout.total - length);
      const end = start + length;
      if (start !== range.value.from || end !== range.value.to) range.value = { from: start, to: end };
    },
    reveal(node) {
      const element = scroller.current;
      if (!element) return;
      const row = layout.depth[node] ?? 0;
      const top = isInverted ? contentHeight() - (row + 1) * ROW_PX : row * ROW_PX;
      const isVisible = top >= element.scrollTop && top + ROW_PX <= element.scrollTop + element.clientHeight;
      if (!isVisible) element.scrollTop = top - element.clientHeight / 3;
    },
  };
}
