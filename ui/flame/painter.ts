/** Draws what is visible of a flame graph. Costs what the pixels cost, however many nodes there are. */

import type { FunctionInfo } from '../../src/profile/profile.ts';
import type { Theme } from '../model/colours.ts';
import type { FlameLayout } from '../model/flame-layout.ts';
import { type FlameSpan, visibleSpans } from '../model/flame-rows.ts';
import { middle, nameText } from '../model/text.ts';

export const ROW_PX = 18;
const FONT = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const PADDING_PX = 4;
const LEAST_LABEL_PX = 26;
/** Below this, a gap would eat the box. */
const LEAST_GAPPED_PX = 3;
const HATCH_PX = 6;

const THEMES = {
  light: { text: '#1b1a19', faint: '#8a8580', run: '#cfc9c2', dimmed: '#efedea', edge: '#111111', hatch: '#00000022' },
  dark: { text: '#f4f1ee', faint: '#8d8781', run: '#4a4643', dimmed: '#262422', edge: '#ffffff', hatch: '#ffffff22' },
} as const;

export interface FlamePicture {
  readonly layout: FlameLayout;
  readonly from: number;
  readonly to: number;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly isInverted: boolean;
  readonly theme: Theme;
  colourOf(node: number): string;
  /** Function whose boxes are outlined, -1 for none. */
  readonly selected: number;
  /** The box that has the keyboard's attention. */
  readonly current: number;
  /** Per function 1 or 0; null where nothing is searched for. */
  readonly matches: Uint8Array | null;
}

interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly picture: FlamePicture;
  readonly ratio: number;
  readonly characterPx: number;
}

export function drawFlame(canvas: HTMLCanvasElement, picture: FlamePicture): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(picture.width * ratio), Math.round(picture.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, picture.width, picture.height);
  context.font = FONT;
  context.textBaseline = 'middle';
  const brush: Brush = { context, picture, ratio, characterPx: context.measureText('m').width };
  const unit = (picture.to - picture.from) / Math.max(picture.width, 1);
  if (!(unit > 0)) return;
  const { layout, scrollTop, isInverted } = picture;
  const content = Math.max(layout.rows.length * ROW_PX, picture.height);
  const topOf = (row: number): number => (isInverted ? content - (row + 1) * ROW_PX : row * ROW_PX) - scrollTop;
  for (const [row, nodes] of layout.rows.entries()) {
    const top = topOf(row);
    if (top + ROW_PX < 0 || top > picture.height) continue;
    for (const span of visibleSpans(layout, nodes, picture.from, picture.to, unit))
      drawSpan(brush, nodes, span, top, unit);
  }
}

function drawSpan(
  brush: Brush,
  nodes: Int32Array,
  { first, end, from, to }: FlameSpan,
  top: number,
  unit: number,
): void {
  const { context, picture, ratio } = brush;
  const snap = (position: number): number => Math.round(((position - picture.from) / unit) * ratio) / ratio;
  const left = Math.max(snap(from), -2);
  const right = Math.max(Math.min(snap(to), picture.width + 2), left + 1 / ratio);
  const gap = right - left > LEAST_GAPPED_PX ? 1 : 0;
  const theme = THEMES[picture.theme];
  const node = nodes[first] ?? 0;
  if (end - first > 1) {
    context.fillStyle = theme.run;
    context.fillRect(left, top, right - left - gap, ROW_PX - 1);
    return;
  }
  const { layout, matches } = picture;
  const index = layout.profile.nodes.function[node] ?? -1;
  const isDimmed = matches !== null && matches[index] !== 1;
  context.fillStyle = isDimmed ? theme.dimmed : picture.colourOf(node);
  context.fillRect(left, top, right - left - gap, ROW_PX - 1);
  const info = layout.profile.functions[index];
  if (info?.category === 'wait' && !isDimmed) hatch(context, left, top, right - left - gap, theme.hatch);
  if (index >= 0 && index === picture.selected) outline(context, left, top, right - left - gap, theme.edge, 1);
  if (node === picture.current && node > 0) outline(context, left, top, right - left - gap, theme.edge, 2);
  if (right - left >= LEAST_LABEL_PX)
    drawLabel(brush, info, { left, right: Math.min(right, picture.width), top }, isDimmed);
}

interface LabelPlace {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

/** Cut to what is visible of the box, in the middle of the name. */
function drawLabel(brush: Brush, info: FunctionInfo | undefined, place: LabelPlace, isDimmed: boolean): void {
  const { context, picture, characterPx } = brush;
  const start = Math.max(place.left, 0) + PADDING_PX;
  const characters = Math.floor((place.right - start - PADDING_PX) / characterPx);
  if (characters < 2) return;
  const theme = THEMES[picture.theme];
  context.fillStyle = isDimmed ? theme.faint : theme.text;
  context.fillText(middle(info ? nameText(info) : 'all', characters), start, place.top + ROW_PX / 2);
}

function hatch(context: CanvasRenderingContext2D, left: number, top: number, width: number, colour: string): void {
  context.fillStyle = colour;
  for (let x = 0; x < width; x += HATCH_PX)
    context.fillRect(left + x, top, Math.min(HATCH_PX / 2, width - x), ROW_PX - 1);
}

function outline(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  colour: string,
  line: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(left + line / 2, top + line / 2, Math.max(width - line, 1), ROW_PX - 1 - line);
}
