/** Entry of the page: finds out where its figures come from, and draws it. */

import { render } from 'preact';
import { App } from './layout/app.tsx';
import { handleKey } from './layout/keys.ts';
import { createClient } from './state/client.ts';
import { openSavedPage } from './state/saved-page.ts';
import { createStore, StoreContext } from './state/store.ts';
import './styles/theme.css';
import './styles/controls.css';
import './styles/header.css';
import './styles/rail.css';
import './styles/main.css';
import './styles/flame.css';
import './styles/grid.css';
import './styles/source.css';
import './styles/requests.css';
import './styles/drawer.css';
import './styles/narrow.css';

const saved = await openSavedPage(document);
const client = saved?.client ?? createClient((input, init) => fetch(input, init));
const store = createStore(client, window, saved?.view ?? null);
const root = document.getElementById('app');
if (root) {
  // Before anything can be seen: an effect runs after it has been painted, and a key pressed in between would be lost.
  document.addEventListener('keydown', (event) => handleKey(event, store));
  // The server answers while the empty page is drawn.
  store.data.start();
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    root,
  );
}
