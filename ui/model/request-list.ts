/** Kept requests in the order that somebody chose. */

import type { KeptRequest } from '../../src/profile/kept-request.ts';

export const REQUEST_SORTS = [
  'duration',
  'started',
  'route',
  'url',
  'status',
  'cpu',
  'wait',
  'other',
  'others',
] as const;
export type RequestSort = (typeof REQUEST_SORTS)[number];

const FIGURES: Readonly<Record<Exclude<RequestSort, 'route' | 'url'>, (request: KeptRequest) => number>> = {
  duration: ({ durationMs }) => durationMs,
  started: ({ startedAt }) => startedAt,
  status: ({ status }) => status,
  cpu: ({ cpuMs }) => cpuMs,
  wait: ({ waitMs }) => waitMs,
  other: ({ otherMs }) => otherMs,
  others: ({ othersMs }) => othersMs,
};

/** Figures from the largest down, texts from the first up; of equals the slowest comes first. */
export function sortRequests(requests: readonly KeptRequest[], sort: RequestSort, isReversed: boolean): KeptRequest[] {
  const compare = (a: KeptRequest, b: KeptRequest): number => {
    if (sort === 'route' || sort === 'url') return compareText(a[sort], b[sort]);
    return FIGURES[sort](b) - FIGURES[sort](a);
  };
  const sorted = [...requests].sort((a, b) => compare(a, b) || b.durationMs - a.durationMs || compareText(a.id, b.id));
  return isReversed ? sorted.reverse() : sorted;
}

export function isTextSort(sort: RequestSort): boolean {
  return sort === 'route' || sort === 'url';
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
