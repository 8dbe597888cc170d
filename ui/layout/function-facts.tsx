/**
 * What the tree on the screen does not say of the selected function: which routes reach it and how much of each it is, exact calls and the
 * hottest lines where captures have them. Asked of the server.
 */

import type { JSX } from 'preact';
import type { FunctionInfo } from '../../src/profile/profile.ts';
import { countText, percentText, routeText } from '../model/text.ts';
import { placeQuery } from '../state/place-query.ts';
import { partQuery } from '../state/selection-query.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';

const LINES_SHOWN = 5;

export function FunctionFacts({ info }: { readonly info: FunctionInfo }): JSX.Element | null {
  const { client, view, shown, go, choose, captures } = useStore();
  const { metric, isOwnCode } = view.value;
  const part = partQuery(view.value, 0);
  // Frames that stand for a package are not the server's.
  const isAsked = client.isConnected && !(isOwnCode && info.line === 0);
  const newest = captures.list.value.find(({ state }) => state === 'done')?.id;
  const question = isAsked ? JSON.stringify([placeQuery(info), metric, part, newest]) : null;
  const { answer } = useAnswer(question, (signal) =>
    client.function(`${placeQuery(info)}&metric=${metric}&${partQuery(view.value, Date.now())}`, signal),
  );
  // Without an answer the drawer does without; that the server is gone is said elsewhere.
  if (answer === null) return null;
  const { routes, calls, lines } = answer;
  const isCountedAbove = shown.profile.value?.functions[shown.selected.value]?.calls !== undefined;
  return (
    <>
      {calls && !isCountedAbove && (
        <>
          <h3>Calls</h3>
          <p>
            <button
              type="button"
              class="link"
              title="Show the capture that counted them"
              onClick={() => captures.open(calls.capture)}
            >
              {calls.calls === undefined
                ? `${countText(calls.entries)} entries, calls and resumptions together`
                : `${countText(calls.calls)} in ${calls.capture.seconds} s, exact`}
            </button>
          </p>
        </>
      )}
      {lines && (
        <>
          <h3>Hottest lines</h3>
          <ul class="edges">
            {lines.lines.slice(0, LINES_SHOWN).map(({ line, samples }) => (
              <li key={line}>
                <button type="button" onClick={() => go({ tab: 'source', capture: lines.capture.id })}>
                  <span>{line === 0 ? 'unknown line' : `line ${line}`}</span>
                  <b>{percentText(samples, lines.samples)}</b>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {routes.length > 0 && (
        <>
          <h3>Routes</h3>
          <ul class="edges">
            {routes.map(({ route, totalNs, routeNs }) => (
              <li key={route}>
                <button type="button" title="Show this route" onClick={() => choose({ routes: [route] })}>
                  <span>{routeText(route)}</span>
                  <b>{percentText(totalNs, routeNs)}</b>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
