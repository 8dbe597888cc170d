/** A grid that builds only the rows on the screen, as the WAI-ARIA grid pattern has it (https://www.w3.org/WAI/ARIA/apg/patterns/grid/). */

import { useSignal } from '@preact/signals';
import type { ComponentChildren, HTMLAttributes, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

const ROW_PX = 24;
/** Built above and below what is visible, for a scroll that is faster than we. */
const SPARE_ROWS = 8;

export interface GridColumn {
  readonly key: string;
  readonly title: string;
  /** A number: aligned to the right. */
  readonly isFigure?: boolean;
  readonly hint?: string;
}

export interface GridProps {
  readonly label: string;
  readonly columns: readonly GridColumn[];
  /** CSS widths of the columns. */
  readonly template: string;
  /** Narrower screens scroll sideways. */
  readonly minWidth: string;
  readonly count: number;
  readonly role?: 'grid' | 'treegrid';
  /** Row that is scrolled into view when it changes, -1 for none. */
  readonly selected: number;
  /** @returns the cells of a row, in the columns' order. */
  cellsOf(row: number): readonly ComponentChildren[];
  attributesOf?(row: number): HTMLAttributes<HTMLDivElement>;
  onSelect(row: number): void;
  onOpen?(row: number): void;
  onKeyDown?(event: KeyboardEvent): void;
  /** Column and direction that the rows are sorted by. */
  readonly sorted?: { readonly key: string; readonly isAscending: boolean };
  onSort?(key: string): void;
  onHold?(isHeld: boolean): void;
  /** Told the grid's width in pixels, whenever it changes. */
  onWidth?(width: number): void;
}

export function VirtualGrid(props: GridProps): JSX.Element {
  const { label, columns, template, count, role = 'grid', selected, sorted, onSort } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const window = useSignal({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void => {
      window.value = { top: element.scrollTop, height: element.clientHeight };
      props.onWidth?.(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || selected < 0) return;
    // The heading covers the first row's height.
    const top = selected * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + 2 * ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = top + 2 * ROW_PX - element.clientHeight;
  }, [selected]);
  const first = Math.max(0, Math.floor(window.value.top / ROW_PX) - SPARE_ROWS);
  const last = Math.min(count, Math.ceil((window.value.top + window.value.height) / ROW_PX) + SPARE_ROWS);
  const isBuilt = selected >= first && selected < last;
  const rows = Array.from({ length: Math.max(0, last - first) }, (_row, offset) => first + offset);
  const style = { gridTemplateColumns: template };
  return (
    <div
      ref={scroller}
      class="grid"
      style={{ '--row-width': props.minWidth }}
      role={role}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isBuilt ? `${id}-${selected}` : undefined}
      onScroll={({ currentTarget }) => {
        window.value = { top: currentTarget.scrollTop, height: currentTarget.clientHeight };
      }}
      onKeyDown={props.onKeyDown}
      onPointerEnter={() => props.onHold?.(true)}
      onPointerLeave={() => props.onHold?.(false)}
    >
      <div class="grid-row grid-head" role="row" aria-rowindex={1} style={style}>
        {columns.map(({ key, title, isFigure, hint }) => (
          <span
            key={key}
            role="columnheader"
            title={hint}
            class={isFigure ? 'figure' : ''}
            aria-sort={sorted?.key === key ? (sorted.isAscending ? 'ascending' : 'descending') : undefined}
          >
            {onSort ? (
              <button type="button" tabIndex={-1} onClick={() => onSort(key)}>
                {title}
              </button>
            ) : (
              title
            )}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: `${count * ROW_PX}px`, position: 'relative' }}>
        <div style={{ transform: `translateY(${first * ROW_PX}px)` }} role="presentation">
          {rows.map((row) => (
            <div
              key={row}
              id={`${id}-${row}`}
              class="grid-row"
              role="row"
              aria-rowindex={row + 2}
              aria-selected={row === selected}
              style={style}
              onClick={() => props.onSelect(row)}
              onDblClick={() => props.onOpen?.(row)}
              {...props.attributesOf?.(row)}
            >
              {props.cellsOf(row).map((cell, column) => (
                <span key={columns[column]?.key} role="gridcell" class={columns[column]?.isFigure ? 'figure' : 'name'}>
                  {cell}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
