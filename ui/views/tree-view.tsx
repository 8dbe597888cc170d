/** The call tree row by row: from the entry points down, or from the functions with own time up to their callers. */

import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { formatSamples } from '../../src/profile/display-figures.ts';
import { VirtualGrid } from '../components/virtual-grid.tsx';
import { functionKey } from '../model/function-key.ts';
import { nameText, percentText, placeText } from '../model/text.ts';
import { bottomUp, type TreeItem, topDown } from '../model/tree-source.ts';
import { DIRECTIONS } from '../model/view.ts';
import { useStore } from '../state/store.ts';

interface Line {
  readonly item: TreeItem;
  readonly level: number;
  /** Keys of the functions from the top level on: the same in the next profile. */
  readonly path: string;
}

const COLUMNS = [
  { key: 'total', title: 'total', isFigure: true },
  { key: 'share', title: 'total %', isFigure: true },
  { key: 'self', title: 'self', isFigure: true },
  { key: 'samples', title: 'samples', isFigure: true },
  { key: 'name', title: 'function' },
];
const TITLES = { down: 'Top down', up: 'Bottom up' } as const;
/** Opened at once with a row, where there is nothing to choose: one callee after the other. */
const MAX_CHAIN = 40;

export function TreeView(): JSX.Element {
  const { shown, view, go, set, data } = useStore();
  const open = useSignal<ReadonlySet<string>>(new Set());
  const at = useSignal(-1);
  const direction = useComputed(() => view.value.direction);
  const source = useComputed(() => {
    const profile = shown.profile.value;
    return profile && (direction.value === 'down' ? topDown : bottomUp)(profile, shown.column.value);
  });
  const keyOf = (item: TreeItem): string => {
    const info = shown.profile.value?.functions[item.function];
    return info ? functionKey(info) : '';
  };
  const lines = useComputed(() => {
    const found: Line[] = [];
    const add = (item: TreeItem | null, level: number, above: string): void => {
      for (const child of source.value?.children(item) ?? []) {
        const path = `${above}\n${keyOf(child)}`;
        found.push({ item: child, level, path });
        if (child.hasChildren && open.value.has(path)) add(child, level + 1, path);
      }
    };
    add(null, 1, direction.value);
    return found;
  });
  const total = source.value?.total ?? 0;
  const unit = shown.unit.value;
  const setOpen = (line: Line, isOpen: boolean): void => {
    const next = new Set(open.value);
    if (isOpen) {
      let { item, path } = line;
      for (let step = 0; step < MAX_CHAIN; step++) {
        next.add(path);
        const children = source.value?.children(item) ?? [];
        const [only] = children;
        if (children.length !== 1 || !only) break;
        item = only;
        path = `${path}\n${keyOf(only)}`;
      }
    } else next.delete(line.path);
    open.value = next;
  };
  const goTo = (position: number): void => {
    const line = lines.value[position];
    if (!line) return;
    at.value = position;
    set({ function: keyOf(line.item) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const line = lines.value[at.value];
    const isOpen = line !== undefined && open.value.has(line.path);
    const steps: Record<string, () => void> = {
      ArrowDown: () => goTo(at.value + 1),
      ArrowUp: () => goTo(at.value - 1),
      ArrowRight: () => (line && !isOpen && line.item.hasChildren ? setOpen(line, true) : goTo(at.value + 1)),
      ArrowLeft: () => (line && isOpen ? setOpen(line, false) : goTo(parentOf(lines.value, at.value))),
    };
    const step = event.ctrlKey || event.altKey || event.metaKey ? undefined : steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  const cellsOf = (position: number): ComponentChildren[] => {
    const line = lines.value[position];
    const info = line && shown.profile.value?.functions[line.item.function];
    if (!line || !info) return [];
    const { item, level, path } = line;
    const isOpen = open.value.has(path);
    return [
      unit.cell(item.total),
      percentText(item.total, total),
      item.self > 0 ? unit.cell(item.self) : '',
      formatSamples(item.samples),
      <span key="name" class="tree-name" style={{ paddingLeft: `${(level - 1) * 14}px` }}>
        {item.hasChildren ? (
          <button
            type="button"
            class="twisty"
            tabIndex={-1}
            aria-label={isOpen ? 'Close' : 'Open'}
            onClick={(event) => {
              event.stopPropagation();
              setOpen(line, !isOpen);
            }}
          >
            {isOpen ? '▾' : '▸'}
          </button>
        ) : (
          <span class="twisty" />
        )}
        {nameText(info)} <span class="place">{placeText(info, false)}</span>
      </span>,
    ];
  };
  return (
    <div class="table-view">
      <div class="tools">
        <fieldset class="segmented">
          <legend class="visually-hidden">Direction</legend>
          {DIRECTIONS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === direction.value}
              onClick={() => go({ direction: name })}
            >
              {TITLES[name]}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          onClick={() => {
            open.value = new Set();
          }}
        >
          Close all
        </button>
      </div>
      <VirtualGrid
        label={`Call tree, ${TITLES[direction.value].toLowerCase()}`}
        role="treegrid"
        columns={COLUMNS.map((column) => (column.key === 'samples' ? { ...column, title: unit.countName } : column))}
        template="5.5rem 5rem 5.5rem 5rem minmax(16rem, 1fr)"
        minWidth="44rem"
        count={lines.value.length}
        selected={at.value}
        cellsOf={cellsOf}
        attributesOf={(position) => {
          const line = lines.value[position];
          const isMatch = line && shown.search.value?.matches[line.item.function] === 1;
          return {
            'aria-level': line?.level ?? 1,
            'aria-expanded': line?.item.hasChildren ? open.value.has(line.path) : undefined,
            class: `grid-row ${isMatch ? 'match' : ''}`,
          };
        }}
        onSelect={goTo}
        onOpen={(position) => {
          const line = lines.value[position];
          if (line?.item.hasChildren) setOpen(line, !open.value.has(line.path));
        }}
        onKeyDown={onKeyDown}
        onHold={(isHeld) => {
          data.isHeld.value = isHeld;
        }}
      />
    </div>
  );
}

function parentOf(lines: readonly Line[], position: number): number {
  const level = lines[position]?.level ?? 1;
  for (let above = position - 1; above >= 0; above--) if ((lines[above]?.level ?? 1) < level) return above;
  return position;
}
