/** Everything the page's parts share, put together once. */

import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Theme } from '../model/colours.ts';
import { functionKey } from '../model/function-key.ts';
import type { TransformKind } from '../model/transforms.ts';
import type { View } from '../model/view.ts';
import { type CaptureState, createCaptureState } from './captures.ts';
import type { Client } from './client.ts';
import { createLiveData, type LiveData } from './live-data.ts';
import { createShown, type Shown } from './shown.ts';
import { createThemeState } from './theme.ts';
import { createViewState, type ViewState } from './view-state.ts';

/** What keys do with the graph or list that is on the screen. */
export interface Navigator {
  move(step: 'up' | 'down' | 'left' | 'right'): void;
  pan(x: number, y: number): void;
  zoom(factor: number): void;
  reset(): void;
  /** Key of the function that Enter opens the sandwich of; null for the selected one. */
  opens(): string | null;
  /** The next or previous row of a list that has rows of its own; without it j and k go through the table's. */
  step?(step: 1 | -1): void;
}

export interface Store extends ViewState {
  readonly client: Client;
  readonly data: LiveData;
  readonly shown: Shown;
  readonly captures: CaptureState;
  readonly theme: ReadonlySignal<Theme>;
  readonly toggleTheme: () => void;
  readonly isHelpOpen: Signal<boolean>;
  /** What the live region says. */
  readonly announcement: Signal<string>;
  /** What went wrong, or worked, for the eyes; null when nothing is to be said. */
  readonly notice: Signal<string | null>;
  readonly navigator: Signal<Navigator | null>;
  /** Selects a function by its index in the shown profile. */
  select(functionIndex: number): void;
  transform(kind: TransformKind): void;
  /** Looks at other routes or another time, which ends looking at a capture of its own time and all routes. */
  choose(change: Pick<Partial<View>, 'routes' | 'window' | 'process' | 'run'>): void;
}

/** @param saved the view of a saved page, null for one that a server answered. */
export function createStore(client: Client, page: Window, saved: string | null): Store {
  const state = createViewState(page, saved);
  const data = createLiveData(client, state.view, page.document);
  const shown = createShown(state.view, data);
  const announcement = signal('');
  const notice = signal<string | null>(null);
  effect(() => {
    if (notice.value !== null) announcement.value = notice.value;
  });
  return {
    ...state,
    ...createThemeState(page),
    client,
    data,
    shown,
    captures: createCaptureState({ client, data, view: state.view, go: state.go, notice }),
    announcement,
    notice,
    isHelpOpen: signal(false),
    navigator: signal(null),
    select: (index) => {
      const info = shown.profile.value?.functions[index];
      state.set({ function: info ? functionKey(info) : null });
    },
    choose: (change) => {
      const isShown = shown.capture.peek() !== null;
      state.go({ ...change, zoom: null, ...(isShown ? { capture: null } : {}) });
    },
    transform: (kind) => {
      const { function: key, transforms } = state.view.value;
      if (key !== null) state.go({ transforms: [...transforms, { kind, function: key }], zoom: null });
    },
  };
}

export const StoreContext: ReturnType<typeof createContext<Store | null>> = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('there is no store around this component');
  return store;
}
