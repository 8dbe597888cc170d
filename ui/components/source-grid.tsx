/** Lines of source with their numbers, time and share; the function's own stand out. */

import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SourceAnswer } from '../../src/api/function-types.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import { useNavigator } from '../flame/use-navigator.ts';
import { codeText, percentText } from '../model/text.ts';
import { useStore } from '../state/store.ts';
import { ShareBar } from './share-bar.tsx';
import { VirtualGrid } from './virtual-grid.tsx';

const COLUMNS = [
  { key: 'self', title: 'self', isFigure: true, hint: 'Time on this line itself' },
  { key: 'share', title: 'share', isFigure: true, hint: 'Of all that the capture saw' },
  { key: 'line', title: 'line', isFigure: true },
  { key: 'code', title: 'source' },
];
const PAGE_ROWS = 20;

export function SourceGrid({ answer }: { readonly answer: SourceAnswer }): JSX.Element {
  const store = useStore();
  const { lines, firstLine, range, capture } = answer;
  const { samples, most, hottest } = useMemo(() => figuresOf(answer), [answer]);
  const selected = useSignal({ answer, row: hottest });
  const row = selected.value.answer === answer ? selected.value.row : hottest;
  const goTo = (to: number): void => {
    selected.value = { answer, row: Math.min(Math.max(to, 0), lines.length - 1) };
  };
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE_ROWS, PageUp: -PAGE_ROWS };
  const takeKeys = useNavigator(store, {
    move: (step) => goTo(row + (step === 'down' ? 1 : step === 'up' ? -1 : 0)),
    pan: (_x, y) => goTo(row + Math.sign(y) * PAGE_ROWS),
    zoom: () => undefined,
    reset: () => goTo(hottest),
    opens: () => null,
    step: (step) => goTo(row + step),
  });
  const cellsOf = (position: number): ComponentChildren[] => {
    const line = firstLine + position;
    const own = samples.get(line) ?? 0;
    const time = own > 0 && capture ? formatDuration(own * capture.intervalMs * 1e6) : '';
    return [
      <ShareBar key="self" text={time} part={own} all={most} />,
      own > 0 && capture ? percentText(own, capture.samples) : '',
      String(line),
      <code key="code">{codeText(lines[position] ?? '')}</code>,
    ];
  };
  return (
    <VirtualGrid
      label={`Source, lines ${firstLine} to ${firstLine + lines.length - 1}`}
      columns={COLUMNS}
      template="5.4rem 4.4rem 3.6rem max-content"
      minWidth="max-content"
      count={lines.length}
      selected={row}
      cellsOf={cellsOf}
      attributesOf={(position) => {
        const line = firstLine + position;
        return { class: `grid-row code ${line >= range.from && line <= range.to ? 'in-function' : ''}` };
      }}
      onSelect={(position) => {
        takeKeys();
        goTo(position);
      }}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        goTo(row + step);
      }}
    />
  );
}

function figuresOf({ capture, range, firstLine }: SourceAnswer): {
  readonly samples: ReadonlyMap<number, number>;
  readonly most: number;
  readonly hottest: number;
} {
  const samples = new Map((capture?.lines ?? []).map(({ line, samples: count }) => [line, count]));
  const most = (capture?.lines ?? []).reduce((best, { samples: count }) => Math.max(best, count), 0);
  let hottest = range.from;
  for (let line = range.from; line <= range.to; line++)
    if ((samples.get(line) ?? 0) > (samples.get(hottest) ?? 0)) hottest = line;
  return { samples, most, hottest: hottest - firstLine };
}
