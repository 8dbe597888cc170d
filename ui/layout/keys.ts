/** The page's keys: what each does, and how the help says it. A key is one line here. */

import type { TransformKind } from '../model/transforms.ts';
import { copyText } from '../state/actions.ts';
import { markBaseline } from '../state/baseline.ts';
import { selectMatch, selectRow } from '../state/selecting.ts';
import type { Navigator, Store } from '../state/store.ts';
import { tabs } from '../views/tabs.ts';

interface Key {
  readonly keys: readonly string[];
  readonly help: string;
  run(store: Store, key: string): void;
}

const PAN = 0.15;
const ZOOM = 1.4;
export const SEARCH_ID = 'search';

const withNavigator = (use: (navigator: Navigator, key: string) => void): Key['run'] => {
  return ({ navigator }, key) => navigator.value && use(navigator.value, key);
};
const transforming = (kind: TransformKind): Key['run'] => {
  return (store) => store.transform(kind);
};

export const keys: readonly Key[] = [
  {
    keys: tabs.map((_tab, index) => String(index + 1)),
    help: tabs.map(({ title }) => title.toLowerCase()).join(', '),
    run: ({ go }, key) => go({ tab: tabs[Number(key) - 1]?.id ?? 'overview' }),
  },
  {
    keys: ['/'],
    help: 'search, /text/i for a regular expression',
    run: () => document.getElementById(SEARCH_ID)?.focus(),
  },
  { keys: ['n'], help: 'next match', run: (store) => selectMatch(store, 1) },
  { keys: ['N'], help: 'previous match', run: (store) => selectMatch(store, -1) },
  {
    keys: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'],
    help: 'caller, callee, the boxes beside',
    run: withNavigator(({ move }, key) => move(key.slice(5).toLowerCase() as Parameters<Navigator['move']>[0])),
  },
  { keys: ['j'], help: 'next row', run: (store) => stepRow(store, 1) },
  { keys: ['k'], help: 'previous row', run: (store) => stepRow(store, -1) },
  { keys: ['w'], help: 'pan up', run: withNavigator(({ pan }) => pan(0, -PAN)) },
  { keys: ['a'], help: 'pan left', run: withNavigator(({ pan }) => pan(-PAN, 0)) },
  { keys: ['s'], help: 'pan down', run: withNavigator(({ pan }) => pan(0, PAN)) },
  { keys: ['d'], help: 'drop the stacks with the function; pans right while none is selected', run: dropOrPan },
  { keys: ['+', '='], help: 'zoom in', run: withNavigator(({ zoom }) => zoom(1 / ZOOM)) },
  { keys: ['-'], help: 'zoom out', run: withNavigator(({ zoom }) => zoom(ZOOM)) },
  { keys: ['0'], help: 'show all', run: withNavigator(({ reset }) => reset()) },
  {
    keys: ['Enter', 'p'],
    help: 'sandwich of the selected function',
    run: ({ view, go, navigator }) => {
      const key = navigator.value?.opens() ?? view.value.function;
      if (key !== null) go({ tab: 'sandwich', function: key });
    },
  },
  { keys: ['f'], help: 'focus: only what the function called', run: transforming('focus') },
  { keys: ['m'], help: 'merge: its time to its callers', run: transforming('merge') },
  { keys: ['c'], help: 'collapse: what it called becomes its own', run: transforming('collapse') },
  { keys: ['r'], help: 'fold its recursion', run: transforming('recursion') },
  { keys: ['u'], help: 'undo, as Back does', run: ({ back }) => back() },
  {
    keys: ['o'],
    help: 'only own code: one frame per package',
    run: ({ view, go }) => go({ isOwnCode: !view.value.isOwnCode, zoom: null }),
  },
  { keys: ['b'], help: 'what is shown becomes the baseline of the diff', run: markBaseline },
  { keys: ['l'], help: 'live, or hold', run: ({ data }) => (data.isLive.value = !data.isLive.value) },
  { keys: ['y'], help: 'copy the link', run: (store) => void copyText(store, 'the link', location.href) },
  { keys: ['?'], help: 'these keys', run: ({ isHelpOpen }) => (isHelpOpen.value = true) },
  { keys: ['Escape'], help: 'close, or select nothing', run: ({ set }) => set({ function: null }) },
];

function stepRow(store: Store, step: 1 | -1): void {
  const own = store.navigator.value?.step;
  if (own) own(step);
  else selectRow(store, step);
}

function dropOrPan(store: Store): void {
  if (store.view.value.function === null) store.navigator.value?.pan(PAN, 0);
  else store.transform('drop');
}

export function handleKey(event: KeyboardEvent, store: Store): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  // The state hears of a closed dialog later than the next key may come.
  if (document.querySelector('dialog[open]')) return;
  const { target } = event;
  if (target instanceof HTMLElement) {
    if (target.closest('input, select, textarea, [role=menu]')) return;
    // A button's own keys stay its own.
    if (event.key === 'Enter' && target.closest('button, a')) return;
  }
  const found = keys.find((key) => key.keys.includes(event.key));
  if (!found) return;
  event.preventDefault();
  found.run(store, event.key);
}
