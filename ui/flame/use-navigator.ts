/** Gives the keyboard to a graph: the first on the page, then whichever was last pointed at or focused. */

import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Navigator, Store } from '../state/store.ts';

/** @returns takes the keyboard. */
export function useNavigator({ navigator }: Store, own: Navigator): () => void {
  const latest = useRef(own);
  latest.current = own;
  const stable = useMemo<Navigator>(
    () => ({
      move: (step) => latest.current.move(step),
      pan: (x, y) => latest.current.pan(x, y),
      zoom: (factor) => latest.current.zoom(factor),
      reset: () => latest.current.reset(),
      opens: () => latest.current.opens(),
      ...(own.step && { step: (step: 1 | -1) => latest.current.step?.(step) }),
    }),
    [],
  );
  // With the graph's first picture, not after it: the keys are there as soon as it is.
  useLayoutEffect(() => {
    if (navigator.peek() === null) navigator.value = stable;
    return () => {
      if (navigator.peek() === stable) navigator.value = null;
    };
  }, []);
  return () => {
    navigator.value = stable;
  };
}
