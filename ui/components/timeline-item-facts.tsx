/** What an item of a request's timeline is, with its stack, whose functions can be selected. */

import type { JSX } from 'preact';
import type { RequestTimeline } from '../../src/profile/kept-request.ts';
import { functionKey } from '../model/function-key.ts';
import type { TimelineItem } from '../model/request-timeline.ts';
import { msText, nameText, placeText } from '../model/text.ts';
import { itemTitle } from '../model/timeline-text.ts';
import { useStore } from '../state/store.ts';

interface FactsProps {
  readonly timeline: RequestTimeline;
  readonly item: TimelineItem;
}

export function TimelineItemFacts({ timeline, item }: FactsProps): JSX.Element {
  const { set } = useStore();
  const { from, to, stack, count, cpuMs, kind } = item;
  const frames = [...(timeline.stacks[stack] ?? [])].reverse().flatMap((index) => timeline.functions[index] ?? []);
  return (
    <div class="item-facts">
      <h3>{itemTitle(timeline, item)}</h3>
      <p>
        {`${msText(to - from)}, from ${msText(from)} to ${msText(to)}`}
        {kind === 'own' ? `, ${msText(cpuMs)} on a CPU` : ''}
        {count > 1 ? `; ${count} ${kind === 'wait' ? 'waits' : 'samples'}, the stack is that of the longest` : ''}
      </p>
      {kind === 'gap' ? (
        <p>Nothing was seen here: the event loop was late, or it waited for something that is not instrumented.</p>
      ) : (
        <ol class="stack" aria-label="Stack, innermost first">
          {frames.map((info, at) => (
            <li key={`${at} ${functionKey(info)}`}>
              <button type="button" class="link" onClick={() => set({ function: functionKey(info) })}>
                {nameText(info)}
              </button>{' '}
              <span class="place">{placeText(info, false) || info.category}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
