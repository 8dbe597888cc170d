/** Searches functions by name and file, and says how much of all time goes through the matches. */

import type { JSX } from 'preact';
import { searchTest } from '../model/search.ts';
import { countText, percentText } from '../model/text.ts';
import { selectMatch } from '../state/selecting.ts';
import { useStore } from '../state/store.ts';
import { SEARCH_ID } from './keys.ts';

export function SearchBox(): JSX.Element {
  const store = useStore();
  const { view, set, shown } = store;
  const { search: text } = view.value;
  const found = shown.search.value;
  const isInvalid = searchTest(text) === 'invalid';
  return (
    <search class="search">
      {found && (
        <span class="search-result">
          {isInvalid
            ? 'not a regular expression'
            : `${countText(found.functions)} functions, ${percentText(found.sum, shown.total.value)}`}
        </span>
      )}
      <input
        id={SEARCH_ID}
        type="search"
        placeholder="Search ( / )"
        aria-label="Search functions"
        aria-invalid={isInvalid}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => set({ search: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') selectMatch(store, event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </search>
  );
}
