/** Which routes reach the selected function, and how much of each it is. Asked of the server, for the tree on the screen has no routes. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { FunctionRoute } from '../../src/api/types.ts';
import type { FunctionInfo } from '../../src/profile/profile.ts';
import { percentText, routeText } from '../model/text.ts';
import { partQuery } from '../state/selection-query.ts';
import { useStore } from '../state/store.ts';

export function ReachingRoutes({ info }: { readonly info: FunctionInfo }): JSX.Element | null {
  const { client, view, go } = useStore();
  const routes = useSignal<readonly FunctionRoute[]>([]);
  const { metric, window, process, run, isOwnCode } = view.value;
  const query = new URLSearchParams(partQuery(view.value, Date.now()));
  for (const key of ['name', 'file', 'line', 'column'] as const) query.set(key, String(info[key]));
  query.set('metric', metric);
  // Frames that stand for a package are not the server's.
  const isAsked = client.isConnected && !(isOwnCode && info.line === 0);
  useEffect(() => {
    routes.value = [];
    if (!isAsked) return;
    const abort = new AbortController();
    client
      .functionRoutes(query.toString(), abort.signal)
      .then((answer) => {
        routes.value = answer.routes;
      })
      // The drawer does without; that the server is gone is said elsewhere.
      .catch(() => undefined);
    return () => abort.abort();
  }, [info.name, info.file, info.line, info.column, metric, window, process, run, isAsked]);
  if (routes.value.length === 0) return null;
  return (
    <>
      <h3>Routes</h3>
      <ul class="edges">
        {routes.value.map(({ route, totalNs, routeNs }) => (
          <li key={route}>
            <button type="button" title="Show this route" onClick={() => go({ routes: [route], zoom: null })}>
              <span>{routeText(route)}</span>
              <b>{percentText(totalNs, routeNs)}</b>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
