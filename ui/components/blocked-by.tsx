/** What held the event loop while requests of the chosen routes could have gone on: the worst few functions of other requests. */

import type { JSX } from 'preact';
import { formatDuration } from '../../src/profile/duration.ts';
import { worstBlockers } from '../model/blockers.ts';
import { functionKey } from '../model/function-key.ts';
import { routeText } from '../model/text.ts';
import { useStore } from '../state/store.ts';

const SHOWN = 3;
const NS_PER_MS = 1e6;
const MEANING =
  'Functions of other requests that ran while requests of these routes could have gone on: at most so much, estimated from requests whose waits were traced';

export function BlockedBy(): JSX.Element | null {
  const { data, shown, view, choose, set } = useStore();
  const { routes } = view.value;
  if (shown.capture.value !== null) return null;
  const { blockers, requests } = worstBlockers(data.recording.value?.routes ?? [], routes);
  if (blockers.length === 0) return null;
  return (
    <p class="blocked" title={MEANING}>
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
          {` in ${routeText(blocker.route)}, ${formatDuration((blocker.ms * NS_PER_MS) / Math.max(1, requests))} per request`}
        </span>
      ))}
    </p>
  );
}
