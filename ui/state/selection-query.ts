/** The part of a view that decides what is asked of the server, as the API's parameters. */

import type { TimeWindow, View } from '../model/view.ts';

export type Selected = Pick<View, 'routes' | 'window' | 'process' | 'run'>;

export function selectionQuery(selected: Selected, now: number): string {
  const params = new URLSearchParams(partQuery(selected, now));
  for (const route of selected.routes) params.append('route', route);
  return params.toString();
}

/** The same for what is about all routes. */
export function partQuery({ window, process, run }: Omit<Selected, 'routes'>, now: number): string {
  const params = new URLSearchParams(windowQuery(window, now));
  if (process !== null) params.append('process', String(process));
  if (run !== null) params.append('run', run);
  return params.toString();
}

function windowQuery(window: TimeWindow, now: number): string {
  switch (window.kind) {
    case 'all':
      return '';
    case 'last':
      return `from=${Math.max(0, now - window.ms)}`;
    case 'between':
      return `from=${window.from}&to=${window.to}`;
  }
}
