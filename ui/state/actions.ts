/** What the page's buttons and keys do beyond changing the view. What fails is said. */

import { inclusiveTotals } from '../../src/profile/totals.ts';
import { functionKey } from '../model/function-key.ts';
import { LIVE_MEMORY } from '../model/live-memory.ts';
import { tableTsv } from '../model/table-text.ts';
import type { View } from '../model/view.ts';
import { requestPath } from './client.ts';
import { downloadBlob } from './download.ts';
import { savedPage } from './saved-page.ts';
import { profileQuery } from './selection-query.ts';
import type { Shown } from './shown.ts';
import type { Store } from './store.ts';

/** Holds time only. */
const CPUPROFILE = ['cpuprofile', 'cpuprofile, for Chrome DevTools and VS Code'] as const;
const EXPORT_FORMATS = [
  ['pprof', 'pprof, for go tool pprof and Pyroscope'],
  CPUPROFILE,
  ['speedscope', 'speedscope'],
  ['callgrind', 'callgrind, for KCachegrind'],
  ['collapsed', 'collapsed stacks'],
  ['text', 'pstats text table'],
  ['markdown', 'Markdown summary'],
] as const;

/** Formats of `api/v1/export` for what is shown, as the menu lists them. */
export function exportFormats({ shown }: Store): readonly (readonly [format: string, title: string])[] {
  const isMemory = shown.unit.value.kind === 'memory';
  return isMemory ? EXPORT_FORMATS.filter((format) => format !== CPUPROFILE) : EXPORT_FORMATS;
}

export async function clearRecording({ client, data, notice }: Store): Promise<void> {
  await attempt(notice, 'Cleared', async () => {
    await client.clear();
    await data.reload();
  });
}

export async function switchRecording({ client, data, notice }: Store): Promise<void> {
  const on = !(data.status.value?.sampling.recording ?? true);
  await attempt(notice, on ? 'Recording' : 'Recording is off', async () => {
    await client.setRecording(on);
    await data.reload();
  });
}

/** Work that takes time, and can be ended before its end. */
export interface Running {
  readonly title: string;
  readonly ended: Promise<void>;
  cancel(): void;
}

export function exportProfile(store: Store, format: string): Running {
  const { view, client, notice, shown } = store;
  const abort = new AbortController();
  const query = shownQuery(view.value, shown);
  query.set('format', format);
  const ended = attempt(notice, `Exported ${format}`, async () => {
    const { name, bytes } = await client.file(`api/v1/export?${query}`, abort.signal);
    downloadBlob(name, bytes);
  });
  return { title: format, ended, cancel: () => abort.abort() };
}

/** What is shown, as the parameters of an export. */
function shownQuery(view: View, { unit, capture }: Shown): URLSearchParams {
  const { value: shown } = capture;
  if (unit.value.kind !== 'memory')
    return new URLSearchParams([
      ...new URLSearchParams(profileQuery(view, shown, Date.now())),
      ['metric', view.metric],
    ]);
  const isLive = shown === null || shown.id === LIVE_MEMORY;
  return new URLSearchParams({ metric: isLive ? 'inuse' : view.heap, ...(isLive ? {} : { capture: shown.id }) });
}

export function exportPage(store: Store): Running {
  const abort = new AbortController();
  const ended = attempt(store.notice, 'Saved the page', async () => {
    const page = await savedPage(store, abort.signal);
    downloadBlob(`profile-${new Date().toISOString().replace(/[:.]/g, '-')}.html`, page);
  });
  return { title: 'the page', ended, cancel: () => abort.abort() };
}

export async function copyText({ notice }: Store, what: string, text: string): Promise<void> {
  await attempt(notice, `Copied ${what}`, () => writeClipboard(text));
}

export function copyTable(store: Store): Promise<void> {
  return copyText(store, 'the table', tableTsv(store.shown.table.value.rows));
}

export function exportHeap({ client, notice }: Store, id: string): Running {
  const abort = new AbortController();
  const ended = attempt(notice, 'Exported pprof', async () => {
    const { name, bytes } = await client.file(`api/v1/captures/${id}?format=pprof`, abort.signal);
    downloadBlob(name, bytes);
  });
  return { title: 'pprof', ended, cancel: () => abort.abort() };
}

export async function exportTrace({ client, notice, view }: Store, id: string): Promise<void> {
  await attempt(notice, 'Exported the trace', async () => {
    const path = `api/v1/${requestPath(id, view.value.run, 'trace')}`;
    const { name, bytes } = await client.file(path, new AbortController().signal);
    downloadBlob(name, bytes);
  });
}

/** The selected function's heaviest stack, outermost frame first. */
export function heaviestStack({ shown }: Store): string {
  const [profile, chosen] = [shown.profile.value, shown.selected.value];
  if (profile === null) return '';
  const totals = inclusiveTotals(profile.nodes, shown.column.value);
  let best = -1;
  for (let node = 1; node < totals.length; node++)
    if (profile.nodes.function[node] === chosen && (totals[node] ?? 0) > (totals[best] ?? 0)) best = node;
  const lines: string[] = [];
  for (let node = best; node > 0; node = profile.nodes.parent[node] ?? 0) {
    const info = profile.functions[profile.nodes.function[node] ?? -1];
    if (info) lines.unshift(functionKey(info));
  }
  return lines.join('\n');
}

async function attempt(notice: Store['notice'], done: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    notice.value = done;
  } catch (error) {
    notice.value = error instanceof DOMException && error.name === 'AbortError' ? 'Cancelled' : messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where the page is not on a secure origin, as over plain http from another machine, there is no clipboard but the selection's. */
async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('the browser does not let this page copy');
}
