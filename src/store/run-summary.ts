/** What is to be said about a run without reading its segments. */

import type { ProcessSummary, RunSummary } from './contract.ts';
import { appTitle, type ProcessFacts } from './locate-run.ts';
import type { RunFolder, RunRecord } from './run-folder.ts';
import { pidOfWriter } from './segment-name.ts';

export function summaryOf(folder: RunFolder, { id, app, startedAt }: RunRecord, isCurrent: boolean): RunSummary {
  const { segments, records } = folder.list();
  const processes = new Map<number, ProcessSummary>();
  let requests = 0;
  for (const writer of new Set([...records, ...segments.keys()])) {
    const own = segments.get(writer) ?? [];
    for (const segment of own) requests += segment.requests;
    const record = folder.record(writer);
    const pid = pidOfWriter(writer);
    // A process's threads each write; the first to come speaks for it.
    const known = processes.get(pid);
    const started = record?.startedAt ?? own[0]?.from ?? startedAt;
    const lastSign = folder.lastSign(writer);
    const endedAt = folder.isAlive(writer)
      ? null
      : Math.round(Math.max(started, own.at(-1)?.to ?? 0, Number.isNaN(lastSign) ? 0 : lastSign));
    processes.set(pid, {
      pid,
      title: known?.title || (record?.title ?? ''),
      startedAt: Math.min(started, known?.startedAt ?? started),
      endedAt: known?.endedAt === null || endedAt === null ? null : Math.max(endedAt, known?.endedAt ?? 0),
    });
  }
  const all = [...processes.values()].sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
  const ends = all.map(({ endedAt }) => endedAt);
  return {
    id,
    app,
    startedAt,
    endedAt: isCurrent || ends.includes(null) ? null : Math.max(startedAt, ...ends.map(Number)),
    processes: all,
    requests,
    isCurrent,
  };
}

/** Of a run of which only this process is known. */
export function summaryOfProcess(run: string, facts: ProcessFacts, requests: number): RunSummary {
  const { pid, title, startedAt } = facts;
  const processes = [{ pid, title, startedAt, endedAt: null }];
  return { id: run, app: appTitle(facts), startedAt, endedAt: null, processes, requests, isCurrent: true };
}
