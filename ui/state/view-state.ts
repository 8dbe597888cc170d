/** The view that the page shows, kept in the URL. Steps can be taken back with the browser's own Back. */

import { type ReadonlySignal, signal } from '@preact/signals';
import { queryOf, type View, viewOf } from '../model/view.ts';

export interface ViewState {
  readonly view: ReadonlySignal<View>;
  /** A step that Back takes back. */
  go(change: Partial<View>): void;
  /** A change that is no step: what is typed, sorted or hovered. */
  set(change: Partial<View>): void;
  back(): void;
}

/**
 * @param saved the view of a saved page, which is opened from disk and may change nothing of its URL but the fragment; null for a
 * page that a server answered
 */
export function createViewState(page: Window, saved: string | null): ViewState {
  const queryInUrl = (): string => (saved === null ? page.location.search : page.location.hash.slice(1) || saved);
  const view = signal(viewOf(queryInUrl()));
  page.addEventListener('popstate', () => {
    view.value = viewOf(queryInUrl());
  });
  const write = (change: Partial<View>, isStep: boolean): void => {
    const next = { ...view.value, ...change };
    const query = queryOf(next);
    view.value = next;
    if (query === queryOf(viewOf(queryInUrl()))) return;
    const url = saved === null ? `${page.location.pathname}${query}` : `#${query || '?'}`;
    try {
      if (isStep) page.history.pushState(null, '', url);
      else page.history.replaceState(null, '', url);
    } catch {
      // Browsers bound how often and how long; the view changes all the same.
    }
  };
  return {
    view,
    go: (change) => write(change, true),
    set: (change) => write(change, false),
    back: () => page.history.back(),
  };
}
