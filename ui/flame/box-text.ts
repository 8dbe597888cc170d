/** A box in words. */

import type { Unit } from '../../src/profile/units.ts';
import type { FlameLayout } from '../model/flame-layout.ts';
import { nameText, percentText, placeText } from '../model/text.ts';

/** `handle (server.js:12) 1.20 s, 34.5 %`. */
export function boxText({ profile, width, total }: FlameLayout, node: number, unit: Unit): string {
  const info = profile.functions[profile.nodes.function[node] ?? -1];
  const figures = `${unit.format(width[node] ?? 0)}, ${percentText(width[node] ?? 0, total)}`;
  if (!info) return `all ${figures}`;
  const place = placeText(info, false);
  return `${nameText(info)}${place === '' ? '' : ` (${place})`} ${figures}`;
}
