/** The part of a view that decides what is asked of the server, as the API's parameters. */

import type { CaptureSummary } from '../../src/api/types.ts';
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

/** What the profile is asked for: a finished capture of calls has one of its own, of all routes. */
export function profileQuery(selected: Selected, capture: CaptureSummary | null, now: number): string {
  return isShownWhole(capture) && capture.kind === 'calls' ? `capture=${capture.id}` : selectionQuery(selected, now);
}

/** Whether a capture is what all views show: one of lines is shown beside the source only. */
export function isShownWhole(capture: CaptureSummary | null): capture is CaptureSummary {
  return capture !== null && capture.state === 'done' && capture.kind !== 'lines';
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
