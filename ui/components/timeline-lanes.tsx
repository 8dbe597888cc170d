/** A request's lanes over a common axis of time, as a list box whose options are the items (https://www.w3.org/WAI/ARIA/apg/patterns/listbox/). */

import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { RequestTimeline } from '../../src/profile/kept-request.ts';
import { functionColour } from '../model/colours.ts';
import { type Lane, nearestItem, type TimelineItem } from '../model/request-timeline.ts';
import { msText } from '../model/text.ts';
import { innermost, itemText, itemTitle, LANE_TITLES } from '../model/timeline-text.ts';
import { useStore } from '../state/store.ts';

interface LanesProps {
  readonly timeline: RequestTimeline;
  readonly lanes: readonly Lane[];
  /** Id of the chosen item. */
  readonly chosen: string | null;
  onChoose(id: string | null): void;
  onHover(id: string | null): void;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];
/** Narrower ones have no room for a letter. */
const LEAST_LABELLED_SHARE = 0.03;

export function TimelineLanes({ timeline, lanes, chosen, onChoose, onHover }: LanesProps): JSX.Element {
  const { view, theme } = useStore();
  const id = useId();
  const { durationMs } = timeline;
  const isChosen = lanes.some(({ items }) => items.some((item) => item.id === chosen));
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = itemAfter(lanes, chosen, event.key);
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
  };
  const colourOf = (item: TimelineItem): string | undefined => {
    const info = innermost(timeline, item);
    return info && (item.kind === 'own' || item.kind === 'others')
      ? functionColour(info, view.value.colour === 'self' ? 'package' : view.value.colour, theme.value, 0)
      : undefined;
  };
  return (
    <div class="timeline">
      <div class="axis" aria-hidden="true">
        {TICKS.map((share) => (
          <span key={share} style={{ left: `${share * 100}%` }}>
            {msText(share * durationMs)}
          </span>
        ))}
      </div>
      <div
        role="listbox"
        tabIndex={0}
        aria-label={`Timeline, ${msText(durationMs)}. Arrow keys move between items`}
        aria-activedescendant={isChosen ? `${id}-${chosen}` : undefined}
        onKeyDown={onKeyDown}
        onPointerLeave={() => onHover(null)}
      >
        {lanes.map(({ kind, items }, at) => (
          <div key={at} class={`lane ${kind}`} role="group" aria-label={LANE_TITLES[kind]}>
            <span class="lane-title" aria-hidden="true">
              {lanes[at - 1]?.kind === kind ? '' : LANE_TITLES[kind]}
            </span>
            <div class="track" role="presentation">
              {items.map((item) => (
                <div
                  key={item.id}
                  id={`${id}-${item.id}`}
                  class="item"
                  role="option"
                  aria-selected={item.id === chosen}
                  aria-label={itemText(timeline, item)}
                  style={{
                    left: `${(100 * item.from) / durationMs}%`,
                    width: `${(100 * (item.to - item.from)) / durationMs}%`,
                    backgroundColor: colourOf(item),
                  }}
                  onPointerEnter={() => onHover(item.id)}
                  onClick={() => onChoose(item.id)}
                >
                  {item.to - item.from > LEAST_LABELLED_SHARE * durationMs ? itemTitle(timeline, item) : ''}
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Left and right in the lane, up and down to what lies nearest in time in the next one. */
function itemAfter(lanes: readonly Lane[], chosen: string | null, key: string): TimelineItem | undefined {
  const lane = lanes.findIndex(({ items }) => items.some((item) => item.id === chosen));
  const items = lanes[lane]?.items ?? [];
  const at = items.findIndex((item) => item.id === chosen);
  const isArrow = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(key);
  if (at < 0) return isArrow ? lanes[0]?.items[0] : undefined;
  const moment = ((items[at]?.from ?? 0) + (items[at]?.to ?? 0)) / 2;
  const besides = (step: 1 | -1): TimelineItem | undefined => {
    const other = lanes[lane + step];
    return other && nearestItem(other, moment);
  };
  switch (key) {
    case 'ArrowRight':
      return items[Math.min(at + 1, items.length - 1)];
    case 'ArrowLeft':
      return items[Math.max(at - 1, 0)];
    case 'ArrowDown':
      return besides(1) ?? items[at];
    case 'ArrowUp':
      return besides(-1) ?? items[at];
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
    default:
      return undefined;
  }
}
