/** The header's menus. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import {
  clearRecording,
  copyTable,
  copyText,
  exportFormats,
  exportPage,
  exportProfile,
  type Running,
} from '../state/actions.ts';
import { markBaseline } from '../state/baseline.ts';
import { useStore } from '../state/store.ts';
import { Menu } from './menu.tsx';

export function ExportMenu(): JSX.Element | null {
  const store = useStore();
  const running = useSignal<Running | null>(null);
  const follow = (work: Running): void => {
    running.value = work;
    void work.ended.then(() => {
      if (running.value === work) running.value = null;
    });
  };
  if (running.value)
    return (
      <button type="button" onClick={() => running.value?.cancel()}>
        {`Exporting ${running.value.title} … Cancel`}
      </button>
    );
  const formats = exportFormats(store).map(([format, title]) => ({
    title,
    run: () => follow(exportProfile(store, format)),
  }));
  const copies = [
    { title: 'Copy the table (TSV)', run: () => void copyTable(store) },
    { title: 'Copy the link', run: () => void copyText(store, 'the link', location.href) },
  ];
  if (!store.client.isConnected) return <Menu title="Copy" items={copies} />;
  const page = { title: 'this page, as one HTML file', run: () => follow(exportPage(store)) };
  return <Menu title="Export" items={[...formats, page, ...copies]} />;
}

export function ActionsMenu(): JSX.Element {
  const store = useStore();
  return (
    <Menu
      title="More"
      items={[
        { title: 'Clear everything recorded', run: () => void clearRecording(store) },
        { title: 'Use this as the baseline of the diff', run: () => markBaseline(store) },
      ]}
    />
  );
}
