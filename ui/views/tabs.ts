/** The tabs, in the order of their keys. A new one is a file and a line here. */

import type { JSX } from 'preact';
import { DiffView } from './diff-view.tsx';
import { OverviewView } from './overview-view.tsx';
import { RequestsView } from './requests-view.tsx';
import { SandwichView } from './sandwich-view.tsx';
import { SourceView } from './source-view.tsx';
import { TableView } from './table-view.tsx';
import { TreeView } from './tree-view.tsx';

interface Tab {
  /** In the URL. */
  readonly id: string;
  readonly title: string;
  readonly View: () => JSX.Element;
  /** It has something to show even if the selection on the screen is empty. */
  readonly isOwnSource?: boolean;
}

export const tabs: readonly Tab[] = [
  { id: 'overview', title: 'Overview', View: OverviewView },
  { id: 'table', title: 'Table', View: TableView },
  { id: 'sandwich', title: 'Sandwich', View: SandwichView },
  { id: 'tree', title: 'Tree', View: TreeView },
  { id: 'source', title: 'Source', View: SourceView, isOwnSource: true },
  { id: 'requests', title: 'Requests', View: RequestsView, isOwnSource: true },
  { id: 'diff', title: 'Diff', View: DiffView, isOwnSource: true },
];
