/** Slices for tests of the store. */

import type { RequestFigures, Slice } from '../../../src/store/contract.ts';
import { emptyFigures } from '../../../src/store/slices.ts';
import { parseTree } from '../../helpers/profiles.ts';

export function figuresOf(durationsMicros: readonly number[], errors = 0): RequestFigures {
  const figures = emptyFigures();
  figures.requests = durationsMicros.length;
  figures.errors = errors;
  for (const duration of durationsMicros) figures.durations.accept(duration);
  return figures;
}

/** One second from `from` on, with one request and as many samples of `handle` in the route. */
export function secondOf(
  from: number,
  samples: number,
  route = 'GET /a',
  durations: readonly number[] = [5000],
): Slice {
  const window = { from, to: from + 1000 };
  const figures = figuresOf(durations);
  const tree = parseTree(`${route} @route:\n  handle @/app/a.js:1:2 ${samples}`, {
    window,
    routes: [route],
    requests: figures.requests,
  });
  return { ...window, tree, figures: new Map([[route, figures]]) };
}
