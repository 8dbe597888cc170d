/** An item of a request's timeline in words. */

import type { RequestTimeline } from '../../src/profile/kept-request.ts';
import type { FunctionInfo } from '../../src/profile/profile.ts';
import type { LaneKind, TimelineItem } from './request-timeline.ts';
import { msText, nameText, routeText } from './text.ts';

export const LANE_TITLES: Readonly<Record<LaneKind, string>> = {
  own: 'Own CPU',
  wait: 'Waits',
  others: 'Others’ CPU',
  gap: 'Other',
};

export function innermost(timeline: RequestTimeline, { stack }: TimelineItem): FunctionInfo | undefined {
  return timeline.functions[timeline.stacks[stack]?.at(-1) ?? -1];
}

/** `hash`, `query`, `GET /reports: render`, `nothing known`. */
export function itemTitle(timeline: RequestTimeline, item: TimelineItem): string {
  if (item.kind === 'gap') return 'nothing known';
  const info = innermost(timeline, item);
  const name = info ? nameText(info) : '(unknown)';
  if (item.kind !== 'others') return name;
  const route = timeline.routes[item.route];
  return route === undefined ? name : `${routeText(route)}: ${name}`;
}

/** For those who cannot see where it lies. */
export function itemText(timeline: RequestTimeline, item: TimelineItem): string {
  const { kind, from, to } = item;
  return `${LANE_TITLES[kind]}: ${itemTitle(timeline, item)}, ${msText(to - from)} from ${msText(from)}`;
}
