/**
 * A flame graph on a canvas, and the tree that mirrors it for the keyboard and for screen readers. What is visible is kept here; which
 * function is selected and which box fills the width are the view's.
 */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { FlameLayout } from '../model/flame-layout.ts';
import { findFunction, functionKey } from '../model/function-key.ts';
import { matchFunctions } from '../model/search.ts';
import { useStore } from '../state/store.ts';
import { boxText } from './box-text.ts';
import { FlameMirror } from './mirror.tsx';
import { flameNavigator } from './navigate.ts';
import { drawFlame, ROW_PX } from './painter.ts';
import { FlameTooltip, type Hovered } from './tooltip.tsx';
import { useNavigator } from './use-navigator.ts';
import { usePointer } from './use-pointer.ts';
import { createViewport, type Range } from './viewport.ts';

export interface FlameGraphProps {
  readonly layout: FlameLayout;
  /** What the graph shows, for screen readers. */
  readonly label: string;
  colourOf(node: number): string;
  /** Node that fills the width; 0 for all. */
  readonly zoomNode: number;
  onZoom(node: number): void;
  /** Root at the bottom: callers lie above. */
  readonly isInverted?: boolean;
  /** Choosing a box marks it here and selects nothing: what is shown depends on the selected function. */
  readonly isLocal?: boolean;
  /** Its functions are those of the table, whose figures the tooltip adds. */
  readonly isShownProfile?: boolean;
  /** What the tooltip says besides a box's own figures. */
  detailOf?(node: number): string;
}

export function FlameGraph({
  layout,
  label,
  colourOf,
  zoomNode,
  onZoom,
  isInverted = false,
  isLocal = false,
  isShownProfile = false,
  detailOf,
}: FlameGraphProps): JSX.Element {
  const store = useStore();
  const { view, set, data, shown, theme, announcement } = store;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const range = useSignal<Range>({ from: 0, to: layout.total });
  const size = useSignal({ width: 0, height: 0 });
  const scrollTop = useSignal(0);
  const hovered = useSignal<Hovered | null>(null);
  const current = useSignal(0);
  const viewport = createViewport({ layout, range, scroller, isInverted });
  const { function: key, search } = view.value;
  const { functions } = layout.profile;
  const selected = useMemo(() => (key === null ? -1 : findFunction(functions, key)), [functions, key]);
  const matches = useMemo(() => matchFunctions(functions, search), [functions, search]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width !== size.value.width || height !== size.value.height) size.value = { width, height };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const from = layout.start[zoomNode] ?? 0;
    viewport.show({ from, to: from + (layout.width[zoomNode] ?? layout.total) });
    if (zoomNode > 0) viewport.reveal(zoomNode);
    if (current.value >= layout.width.length) current.value = 0;
  }, [layout, zoomNode]);
  const contentPx = Math.max(layout.rows.length * ROW_PX, size.value.height);
  useLayoutEffect(() => {
    if (isInverted && scroller.current) scroller.current.scrollTop = contentPx;
  }, [contentPx, isInverted]);
  // Read here, not in the effect, so that whatever changes draws again.
  const { from, to } = range.value;
  const { width, height } = size.value;
  const picture = { scrollTop: scrollTop.value, theme: theme.value, current: current.value };
  useLayoutEffect(() => {
    if (!canvas.current || width === 0) return;
    drawFlame(canvas.current, {
      ...picture,
      ...{ layout, from, to, width, height, isInverted, colourOf, selected, matches },
    });
  });
  const keyOf = (node: number): string | null => {
    const info = functions[layout.profile.nodes.function[node] ?? -1];
    return info ? functionKey(info) : null;
  };
  const choose = (node: number): void => {
    current.value = node;
    const wanted = keyOf(node);
    // A frame that stands for others is no function that the views have.
    const isKnown =
      wanted !== null && (!isShownProfile || findFunction(shown.profile.value?.functions ?? [], wanted) >= 0);
    if (!isLocal) set({ function: isKnown ? wanted : null });
  };
  const goTo = (node: number): void => {
    choose(node);
    viewport.reveal(node);
    const [start, end] = [layout.start[node] ?? 0, (layout.start[node] ?? 0) + (layout.width[node] ?? 0)];
    // A box that is out of sight, or too narrow to be seen, fills the width.
    if (end <= range.value.from || start >= range.value.to || (end - start) / viewport.unit() < 2)
      viewport.show({ from: start, to: end });
    announcement.value = boxText(layout, node, shown.unit.value);
  };
  const own = flameNavigator({
    ...{ layout, isInverted, viewport, goTo },
    range: () => range.value,
    current: () => current.value,
    opens: () => (isLocal ? keyOf(current.value) : null),
    scrollBy: (share) => scroller.current?.scrollBy(0, share * size.value.height),
    showAll: () => {
      onZoom(0);
      viewport.show({ from: 0, to: layout.total });
      viewport.reveal(0);
    },
  });
  const takeKeys = useNavigator(store, own);
  const handlers = usePointer({
    ...{ viewport, scroller, onZoom, onChoose: choose },
    range: () => range.value,
    onHover: (x, y) => {
      const hit = viewport.hit(x, y);
      hovered.value = hit && { ...hit, x, y };
    },
  });
  const under = hovered.value;
  const rowUnder = under && isShownProfile ? layout.profile.nodes.function[under.node] : undefined;
  return (
    <div
      class="flame"
      onPointerEnter={() => {
        data.isHeld.value = true;
        takeKeys();
      }}
      onPointerLeave={() => {
        data.isHeld.value = false;
        hovered.value = null;
      }}
    >
      <FlameMirror layout={layout} current={current.value} label={label} onFocus={takeKeys} />
      <div
        ref={scroller}
        class="flame-scroller"
        onScroll={({ currentTarget }) => {
          scrollTop.value = currentTarget.scrollTop;
        }}
        {...handlers}
      >
        <div style={{ height: `${contentPx}px` }}>
          <canvas ref={canvas} aria-hidden="true" style={{ width: `${width}px`, height: `${height}px` }} />
        </div>
      </div>
      {under && (
        <FlameTooltip
          layout={layout}
          hovered={under}
          row={rowUnder === undefined ? null : (shown.rows.value.find((row) => row.function === rowUnder) ?? null)}
          detail={detailOf?.(under.node) ?? ''}
          width={width}
        />
      )}
    </div>
  );
}
