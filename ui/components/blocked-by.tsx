/** What held the event loop while requests of the chosen routes could have gone on: the worst few functions of other requests. */

import type { JSX } from 'preact';
import { formatDuration } from '../../src/profile/duration.ts';
import { worstBlockers } from '../model/blockers.ts';
import { functionKey } from '../model/function-key.ts';
import { routeText } from '../model/text.ts';
import { useStore } from '../state/store.ts';

const SHOWN = 3;
const NS_PER_MS = 1e6;

export function BlockedBy(): JSX.Element | null {
  const { data, shown, view, choose, set } = useStore();
  const { routes } = view.value;
  if (shown.capture.value !== null) return null;
  const { blockers, requests } = worstBlockers(data.recording.value?.routes ?? [], routes);
  if (blockers.length === 0) return null;
  return (
    <p class="blocked">
      <b>Blocked by</b>
      {blockers.slice(0, SHOWN).map((blocker) => (
        <span key={`${blocker.route} ${functionKey(blocker)}`}>
          <button
            type="button"
            class="link"
            onClick={() => {
              choose({ routes: [blocker.route] });
              set({ function: functionKey(blocker) });
            }}
          >
            {routeText(blocker.name)}
          </button>
          {` in ${routeText(blocker.route)}, at most ${formatDuration((blocker.ms * NS_PER_MS) / Math.max(1, requests))} per request, ${formatDuration(blocker.ms * NS_PER_MS)} in all`}
        </span>
      ))}
      <small>They ran while these requests could have gone on; estimated from those whose waits were traced.</small>
    </p>
  );
}
