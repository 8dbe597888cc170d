/** The colours of boxes. A package has the same in every route, reload and diff; nothing is told apart by red and green. */

import type { FunctionInfo } from '../../src/profile/profile.ts';
import { hashText } from './function-key.ts';
import type { ColourMode } from './view.ts';

export type Theme = 'light' | 'dark';

interface Tone {
  readonly hue: number;
  /** Percent. */
  readonly chroma: number;
}

const CATEGORY_TONES: Readonly<Record<FunctionInfo['category'], Tone>> = {
  app: { hue: 28, chroma: 88 },
  package: { hue: 205, chroma: 62 },
  node: { hue: 152, chroma: 26 },
  native: { hue: 265, chroma: 18 },
  gc: { hue: 335, chroma: 48 },
  wait: { hue: 222, chroma: 34 },
  idle: { hue: 0, chroma: 0 },
};
/** Packages keep away from the warm hues, which are the application's own. */
const PACKAGE_HUES = { from: 165, to: 330 } as const;

/** @param heat from 0 to 1: the function's share of the largest own time */
export function functionColour(info: FunctionInfo, mode: ColourMode, theme: Theme, heat: number): string {
  switch (mode) {
    case 'category':
      return written(CATEGORY_TONES[info.category], theme, 0);
    case 'package':
      return written(packageTone(info), theme, (hashText(info.file) % 7) - 3);
    case 'self': {
      const warmth = Math.sqrt(Math.min(Math.max(heat, 0), 1));
      return written({ hue: 48 - 34 * warmth, chroma: 12 + 80 * warmth }, theme, -14 * warmth);
    }
  }
}

/** Slower is orange, faster is blue, the same is grey. @param delta from -1 to 1 */
export function deltaColour(delta: number, theme: Theme): string {
  const strength = Math.sqrt(Math.min(Math.abs(delta), 1));
  return written({ hue: delta > 0 ? 26 : 212, chroma: 90 * strength }, theme, -12 * strength);
}

function packageTone(info: FunctionInfo): Tone {
  if (info.category !== 'package') return CATEGORY_TONES[info.category];
  const hash = hashText(info.package ?? '');
  return { hue: PACKAGE_HUES.from + (hash % (PACKAGE_HUES.to - PACKAGE_HUES.from)), chroma: 40 + ((hash >>> 9) % 26) };
}

/** The text on it is nearly black in the light theme and nearly white in the dark one. */
function written({ hue, chroma }: Tone, theme: Theme, shade: number): string {
  const isLight = theme === 'light';
  // On a dark ground the same chroma would glow.
  return `hsl(${hue.toFixed(0)} ${(isLight ? chroma : chroma * 0.6).toFixed(0)}% ${(isLight ? 76 + shade : 34 - shade / 2).toFixed(0)}%)`;
}
