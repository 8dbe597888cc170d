/** Light or dark: what the system says, until somebody chooses. */

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Theme } from '../model/colours.ts';

const STORAGE_KEY = 'profiler-theme';

export interface ThemeState {
  readonly theme: ReadonlySignal<Theme>;
  toggleTheme(): void;
}

export function createThemeState(page: Window): ThemeState {
  const dark = page.matchMedia('(prefers-color-scheme: dark)');
  const system = signal<Theme>(dark.matches ? 'dark' : 'light');
  const chosen = signal<Theme | null>(readChoice(page));
  const theme = computed(() => chosen.value ?? system.value);
  dark.addEventListener('change', () => {
    system.value = dark.matches ? 'dark' : 'light';
  });
  effect(() => {
    page.document.documentElement.dataset['theme'] = theme.value;
  });
  return {
    theme,
    toggleTheme: () => {
      chosen.value = theme.value === 'light' ? 'dark' : 'light';
      try {
        page.localStorage.setItem(STORAGE_KEY, chosen.value);
      } catch {
        // Storage may be forbidden; the choice then lasts as long as the page.
      }
    },
  };
}

function readChoice(page: Window): Theme | null {
  try {
    const stored = page.localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}
