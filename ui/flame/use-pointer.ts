/** Mouse, trackpad and fingers on a flame graph: point, choose, zoom, pan. */

import type { HTMLAttributes, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { Range, Viewport } from './viewport.ts';

interface Pointing {
  readonly viewport: Viewport;
  readonly scroller: RefObject<HTMLElement | null>;
  range(): Range;
  onHover(x: number, y: number): void;
  onChoose(node: number): void;
  onZoom(node: number): void;
}

type Handlers = Pick<
  HTMLAttributes<HTMLDivElement>,
  'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel' | 'onDblClick' | 'onWheel'
>;

/** Less is a click with an unsteady hand. */
const DRAG_PX = 4;
const WHEEL_ZOOM = 0.004;

export function usePointer({ viewport, scroller, range, onHover, onChoose, onZoom }: Pointing): Handlers {
  const fingers = useRef(new Map<number, number>());
  const drag = useRef<{ readonly x: number; readonly y: number; readonly range: Range; isMoved: boolean } | null>(null);
  const place = (event: MouseEvent): readonly [number, number] => {
    const box = scroller.current?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  };
  const zoomAt = (x: number, factor: number): void => {
    const { from } = range();
    const middle = from + x * viewport.unit();
    viewport.show({ from: middle - (middle - from) * factor, to: middle + (range().to - middle) * factor });
  };
  const pinch = (event: PointerEvent, x: number): void => {
    const before = spread(fingers.current);
    fingers.current.set(event.pointerId, x);
    const now = spread(fingers.current);
    if (before.width > 0 && now.width > 0) zoomAt(now.middle, before.width / now.width);
  };
  return {
    onPointerDown(event) {
      const [x, y] = place(event);
      fingers.current.set(event.pointerId, x);
      drag.current = fingers.current.size === 1 ? { x, y, range: range(), isMoved: false } : null;
    },
    onPointerMove(event) {
      const [x, y] = place(event);
      if (fingers.current.size > 1 && fingers.current.has(event.pointerId)) return pinch(event, x);
      const start = drag.current;
      if (!start) return onHover(x, y);
      if (!start.isMoved && Math.hypot(x - start.x, y - start.y) < DRAG_PX) return;
      start.isMoved = true;
      const shift = (start.x - x) * viewport.unit();
      viewport.show({ from: start.range.from + shift, to: start.range.to + shift });
    },
    onPointerUp(event) {
      fingers.current.delete(event.pointerId);
      const isClick = drag.current !== null && !drag.current.isMoved;
      drag.current = null;
      const hit = isClick ? viewport.hit(...place(event)) : null;
      if (hit && hit.span.end - hit.span.first === 1) onChoose(hit.node);
    },
    onPointerCancel(event) {
      fingers.current.delete(event.pointerId);
      drag.current = null;
    },
    onDblClick(event) {
      const hit = viewport.hit(...place(event));
      if (!hit) return;
      if (hit.span.end - hit.span.first === 1) onZoom(hit.node);
      // Several boxes that were merged become wide enough to be told apart.
      else viewport.show(hit.span);
    },
    onWheel(event) {
      const [x] = place(event);
      if (event.ctrlKey || event.metaKey) zoomAt(x, Math.exp(event.deltaY * WHEEL_ZOOM));
      else if (event.deltaX !== 0 || event.shiftKey) {
        const shift = (event.deltaX || event.deltaY) * viewport.unit();
        viewport.show({ from: range().from + shift, to: range().to + shift });
      } else return;
      event.preventDefault();
    },
  };
}

function spread(fingers: ReadonlyMap<number, number>): { readonly width: number; readonly middle: number } {
  const [a = 0, b = 0] = [...fingers.values()];
  return { width: Math.abs(a - b), middle: (a + b) / 2 };
}
