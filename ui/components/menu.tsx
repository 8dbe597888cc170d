/** A button that opens a list of actions, as the WAI-ARIA menu button pattern has it (https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/). */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface MenuItem {
  readonly title: string;
  run(): void;
}

export function Menu({ title, items }: { readonly title: string; readonly items: readonly MenuItem[] }): JSX.Element {
  const isOpen = useSignal(false);
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen.value) return;
    focusItem(list.current, 0);
    const close = (event: PointerEvent): void => {
      if (event.target instanceof Node && !list.current?.parentElement?.contains(event.target)) isOpen.value = false;
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [isOpen.value]);
  const close = (): void => {
    isOpen.value = false;
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = [...(list.current?.children ?? [])].indexOf(document.activeElement as Element);
    const steps: Record<string, () => void> = {
      ArrowDown: () => focusItem(list.current, at + 1),
      ArrowUp: () => focusItem(list.current, at - 1),
      Home: () => focusItem(list.current, 0),
      End: () => focusItem(list.current, -1),
      Escape: close,
      Tab: close,
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  };
  return (
    <div class="menu">
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {title}
      </button>
      {isOpen.value && (
        <div ref={list} class="menu-list" role="menu" aria-label={title} tabIndex={-1} onKeyDown={onKeyDown}>
          {items.map((item) => (
            <button
              key={item.title}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.title}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function focusItem(list: HTMLElement | null, position: number): void {
  const items = list?.children ?? [];
  const item = items[(position + items.length) % items.length];
  if (item instanceof HTMLElement) item.focus();
}
