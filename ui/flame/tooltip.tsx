/** What lies under the pointer: this stack's figures, and those of all occurrences of the function. */

import type { JSX } from 'preact';
import type { StatsRow } from '../../src/profile/stats.ts';
import type { FlameLayout } from '../model/flame-layout.ts';
import { originOf } from '../model/sort-table.ts';
import { nameText, percentText, placeText } from '../model/text.ts';
import { useStore } from '../state/store.ts';
import type { Hit } from './viewport.ts';

export interface Hovered extends Hit {
  readonly x: number;
  readonly y: number;
}

interface TooltipProps {
  readonly layout: FlameLayout;
  readonly hovered: Hovered;
  /** The function's row; null where the graph is not of the profile that the table shows. */
  readonly row: StatsRow | null;
  readonly detail: string;
  /** Of the graph, in pixels: the tooltip stays inside. */
  readonly width: number;
}

const OFFSET_PX = 14;
const WIDTH_PX = 340;

export function FlameTooltip({ layout, hovered, row, detail, width }: TooltipProps): JSX.Element {
  const { span, node, x, y } = hovered;
  const style = { left: `${Math.max(0, Math.min(x + OFFSET_PX, width - WIDTH_PX))}px`, top: `${y + OFFSET_PX}px` };
  const count = span.end - span.first;
  const { format } = useStore().shown.unit.value;
  const info = layout.profile.functions[layout.profile.nodes.function[node] ?? -1];
  const own = span.to - span.from;
  return (
    <div class="tooltip" style={style} aria-hidden="true">
      {count > 1 ? (
        <b>{`${count} frames, ${percentText(own, layout.total)}`}</b>
      ) : (
        <>
          <b>{info ? nameText(info) : 'all'}</b>
          {info && <span>{placeText(info, false) || info.category}</span>}
          {info && row === null && <span>{originOf({ info })}</span>}
          <span>{`this stack: ${format(own)}, ${percentText(own, layout.total)}`}</span>
          {row && (
            <span>
              {`everywhere: ${format(row.totalNs)}, ${percentText(row.totalNs, layout.total)}; self ${format(row.selfNs)}`}
            </span>
          )}
          {detail !== '' && <span>{detail}</span>}
        </>
      )}
    </div>
  );
}
