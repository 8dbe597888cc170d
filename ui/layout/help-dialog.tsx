/** The keys. */

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useStore } from '../state/store.ts';
import { keys } from './keys.ts';

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

export function HelpDialog(): JSX.Element {
  const { isHelpOpen } = useStore();
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        isHelpOpen.value = false;
      }}
    >
      <h2 id="help-title">Keys</h2>
      <dl>
        {keys.map((key) => (
          <div key={key.help}>
            <dt>
              {key.keys.map((name) => (
                <kbd key={name}>{KEY_NAMES[name] ?? name}</kbd>
              ))}
            </dt>
            <dd>{key.help}</dd>
          </div>
        ))}
      </dl>
      <p>
        Flame graph: click selects, double-click zooms, Ctrl with the wheel or two fingers zoom where they are, dragging
        pans.
      </p>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
