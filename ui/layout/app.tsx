/** The page: header, routes, tabs, the selected function. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useStore } from '../state/store.ts';
import { tabs } from '../views/tabs.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { Drawer } from './drawer.tsx';
import { EmptyState, endedRequests } from './empty-state.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Notices } from './notices.tsx';
import { RoutesRail } from './routes-rail.tsx';
import { SearchBox } from './search-box.tsx';

export function App(): JSX.Element {
  const store = useStore();
  const { tab } = store.view.value;
  const current = tabs.find(({ id }) => id === tab) ?? tabs[0];
  // A server that nobody has asked yet does things of its own; they are a route that can be chosen.
  const isUnused =
    store.view.value.routes.length === 0 && endedRequests(store) === 0 && store.data.status.value?.requests.open === 0;
  // On a narrow screen the tabs scroll.
  useEffect(
    () => document.getElementById(`tab-${tab}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    [tab],
  );
  const hasFigures = (store.shown.total.value > 0 && !isUnused) || current?.isOwnSource === true;
  return (
    <div class="page" data-tab={current?.id}>
      <Header />
      <Notices />
      <div class="columns">
        <RoutesRail />
        <main class="main" aria-label="Profile">
          <div class="tab-bar">
            <div class="tabs" role="tablist" aria-label="Views">
              {tabs.map(({ id, title }, index) => (
                <button
                  key={id}
                  id={`tab-${id}`}
                  type="button"
                  role="tab"
                  aria-selected={id === current?.id}
                  aria-controls="view"
                  title={`Key ${index + 1}`}
                  onClick={() => store.go({ tab: id })}
                >
                  {title}
                </button>
              ))}
            </div>
            <SearchBox />
          </div>
          <Breadcrumbs />
          <div id="view" class="view" role="tabpanel" aria-labelledby={`tab-${current?.id}`}>
            {hasFigures && current ? <current.View /> : <EmptyState />}
          </div>
        </main>
        <Drawer />
      </div>
      <HelpDialog />
      <p class="visually-hidden" role="status" aria-live="polite">
        {store.announcement}
      </p>
    </div>
  );
}
