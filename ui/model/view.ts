/** What defines a view of the page, and how it is written in the URL: a pasted link opens the same view. */

import { HEAP_FIGURES, type HeapFigure } from '../../src/profile/heap-profile.ts';
import { METRICS, type Metric } from '../../src/profile/profile.ts';
import { STATS_SORTS, type StatsSort } from '../../src/profile/stats-order.ts';
import type { FlameOrder } from './flame-layout.ts';
import { REQUEST_SORTS, type RequestSort } from './request-list.ts';
import { TRANSFORM_KINDS, type Transform } from './transforms.ts';

export type TimeWindow =
  | { readonly kind: 'all' }
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number };

export const TABLE_MODES = ['stats', 'callers', 'callees'] as const;
export const COLOURS = ['package', 'category', 'self'] as const;
export const DIRECTIONS = ['down', 'up'] as const;
const FLAME_ORDERS: readonly FlameOrder[] = ['name', 'weight'];

export type TableMode = (typeof TABLE_MODES)[number];
export type TableSort = StatsSort | 'percall' | 'cumpercall' | 'package';
export const TABLE_SORTS: readonly TableSort[] = [...STATS_SORTS, 'percall', 'cumpercall', 'package'];
export type ColourMode = (typeof COLOURS)[number];

/** The other side of the diff: these routes (none: all) in this window of this run. */
export interface Baseline {
  readonly routes: readonly string[];
  readonly window: TimeWindow;
  /** Null: the current one. */
  readonly run: string | null;
}

export interface View {
  /** Id of a tab; an unknown one shows the first. */
  readonly tab: string;
  /** Empty: all routes. */
  readonly routes: readonly string[];
  readonly metric: Metric;
  readonly window: TimeWindow;
  readonly process: number | null;
  readonly run: string | null;
  /** functionKey of the selected function. */
  readonly function: string | null;
  /** Hash of the stack that fills the flame graph. */
  readonly zoom: number | null;
  readonly search: string;
  readonly sort: TableSort;
  readonly isReversed: boolean;
  /** Rows of the table; 0 for all. */
  readonly limit: number;
  readonly mode: TableMode;
  readonly fulldirs: boolean;
  readonly filename: string;
  readonly transforms: readonly Transform[];
  readonly isOwnCode: boolean;
  /** In the flame graph: all of a stack is drawn, also what lies above the first function of one's own. */
  readonly isWholeStack: boolean;
  readonly order: FlameOrder;
  readonly colour: ColourMode;
  readonly direction: (typeof DIRECTIONS)[number];
  readonly baseline: Baseline | null;
  /** Id of a capture: of calls or the heap it is what all views show, of lines it is what the source shows. */
  readonly capture: string | null;
  /** What is shown of a capture of the heap. */
  readonly heap: HeapFigure;
  /** Id of the kept request whose timeline is shown. */
  readonly request: string | null;
  /** Item of the timeline: its lane's letter and its place there. */
  readonly item: string | null;
  readonly requestSort: RequestSort;
  readonly isRequestsReversed: boolean;
}

export const DEFAULT_VIEW: View = {
  tab: 'overview',
  routes: [],
  metric: 'cpu',
  window: { kind: 'all' },
  process: null,
  run: null,
  function: null,
  zoom: null,
  search: '',
  sort: 'time',
  isReversed: false,
  limit: 0,
  mode: 'stats',
  fulldirs: false,
  filename: '',
  transforms: [],
  isOwnCode: false,
  isWholeStack: false,
  order: 'name',
  colour: 'package',
  direction: 'down',
  baseline: null,
  capture: null,
  heap: 'inuse',
  request: null,
  item: null,
  requestSort: 'duration',
  isRequestsReversed: false,
};

/** repoze.profile's parameters: a URL with one of them and no tab opens the table. */
const TABLE_PARAMETERS = ['sort', 'limit', 'mode', 'fulldirs', 'filename'];

/** Reads a query string. What it does not understand it leaves at the default: a link from another version opens as far as it goes. */
export function viewOf(query: string): View {
  const params = new URLSearchParams(query);
  const isTable = TABLE_PARAMETERS.some((name) => params.has(name));
  return {
    tab: params.get('tab') ?? (isTable ? 'table' : DEFAULT_VIEW.tab),
    routes: params.getAll('route').filter((route) => route !== ''),
    metric: oneOf(params.get('metric'), METRICS, DEFAULT_VIEW.metric),
    window: windowOf(params, ''),
    process: wholeNumber(params.get('process')),
    // A capture is of the process that runs now.
    run: params.has('capture') ? null : params.get('run'),
    function: params.get('fn'),
    zoom: /^[0-9a-f]{1,8}$/.test(params.get('zoom') ?? '') ? Number.parseInt(params.get('zoom') ?? '', 16) : null,
    search: params.get('search') ?? '',
    sort: oneOf(params.get('sort'), TABLE_SORTS, DEFAULT_VIEW.sort),
    isReversed: params.get('reverse') === '1',
    limit: wholeNumber(params.get('limit')) ?? 0,
    mode: oneOf(params.get('mode'), TABLE_MODES, DEFAULT_VIEW.mode),
    fulldirs: params.get('fulldirs') === '1',
    filename: params.get('filename') ?? '',
    transforms: params.getAll('do').flatMap(transformOf),
    isOwnCode: params.get('own') === '1',
    isWholeStack: params.get('whole') === '1',
    order: oneOf(params.get('order'), FLAME_ORDERS, DEFAULT_VIEW.order),
    colour: oneOf(params.get('colour'), COLOURS, DEFAULT_VIEW.colour),
    direction: oneOf(params.get('direction'), DIRECTIONS, DEFAULT_VIEW.direction),
    baseline: params.has('base')
      ? {
          routes: params.getAll('base.route').filter((route) => route !== ''),
          window: windowOf(params, 'base.'),
          run: params.get('base.run'),
        }
      : null,
    capture: params.get('capture'),
    heap: oneOf(params.get('heap'), HEAP_FIGURES, DEFAULT_VIEW.heap),
    request: params.get('request'),
    item: params.get('item'),
    requestSort: oneOf(params.get('by'), REQUEST_SORTS, DEFAULT_VIEW.requestSort),
    isRequestsReversed: params.get('byreverse') === '1',
  };
}

/** Writes what differs from the default. @returns '' or a query string with its '?' */
export function queryOf(view: View): string {
  const params = new URLSearchParams();
  const add = (name: string, value: string, isDefault: boolean): void => {
    if (!isDefault) params.append(name, value);
  };
  for (const route of view.routes) params.append('route', route);
  add('metric', view.metric, view.metric === DEFAULT_VIEW.metric);
  addWindow(params, view.window, '');
  add('process', String(view.process), view.process === null);
  add('run', view.run ?? '', view.run === null);
  add('sort', view.sort, view.sort === DEFAULT_VIEW.sort);
  add('reverse', '1', !view.isReversed);
  add('limit', String(view.limit), view.limit === 0);
  add('mode', view.mode, view.mode === DEFAULT_VIEW.mode);
  add('fulldirs', '1', !view.fulldirs);
  add('filename', view.filename, view.filename === '');
  add('search', view.search, view.search === '');
  for (const transform of view.transforms) params.append('do', `${transform.kind}:${transform.function}`);
  add('own', '1', !view.isOwnCode);
  add('whole', '1', !view.isWholeStack);
  add('order', view.order, view.order === DEFAULT_VIEW.order);
  add('colour', view.colour, view.colour === DEFAULT_VIEW.colour);
  add('direction', view.direction, view.direction === DEFAULT_VIEW.direction);
  add('fn', view.function ?? '', view.function === null);
  add('zoom', (view.zoom ?? 0).toString(16), view.zoom === null);
  if (view.baseline) {
    params.append('base', '1');
    for (const route of view.baseline.routes) params.append('base.route', route);
    addWindow(params, view.baseline.window, 'base.');
    add('base.run', view.baseline.run ?? '', view.baseline.run === null);
  }
  add('capture', view.capture ?? '', view.capture === null);
  add('heap', view.heap, view.heap === DEFAULT_VIEW.heap);
  add('request', view.request ?? '', view.request === null);
  add('item', view.item ?? '', view.item === null);
  add('by', view.requestSort, view.requestSort === DEFAULT_VIEW.requestSort);
  add('byreverse', '1', !view.isRequestsReversed);
  const impliesTable = TABLE_PARAMETERS.some((name) => params.has(name));
  add('tab', view.tab, view.tab === (impliesTable ? 'table' : DEFAULT_VIEW.tab));
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

function addWindow(params: URLSearchParams, window: TimeWindow, prefix: string): void {
  switch (window.kind) {
    case 'all':
      return;
    case 'last':
      params.append(`${prefix}last`, String(window.ms));
      return;
    case 'between':
      params.append(`${prefix}from`, String(window.from));
      params.append(`${prefix}to`, String(window.to));
  }
}

function windowOf(params: URLSearchParams, prefix: string): TimeWindow {
  const ms = wholeNumber(params.get(`${prefix}last`));
  if (ms !== null) return { kind: 'last', ms };
  const from = wholeNumber(params.get(`${prefix}from`));
  const to = wholeNumber(params.get(`${prefix}to`));
  if (from === null && to === null) return { kind: 'all' };
  return { kind: 'between', from: from ?? 0, to: to ?? 8.64e15 };
}

function transformOf(text: string): Transform[] {
  const at = text.indexOf(':');
  const kind = TRANSFORM_KINDS.find((known) => known === text.slice(0, at));
  return kind === undefined ? [] : [{ kind, function: text.slice(at + 1) }];
}

function oneOf<Value extends string>(text: string | null, values: readonly Value[], otherwise: Value): Value {
  return values.find((value) => value === text) ?? otherwise;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null;
}
