/** The store of `data_dir = memory`, and of processes that have no folder: this process's recordings, and no other run. */

import type { RunSummary, Selection, Slice, Store } from './contract.ts';
import { appTitle, type ProcessFacts } from './locate-run.ts';
import { MemoryStore } from './memory-store.ts';
import { emptySlice, isEmptySlice, totalRequests } from './slices.ts';

export class MemoryRuns implements Store {
  readonly run: string;
  readonly folder = null;
  readonly pushFolder = null;
  readonly problems: readonly string[];
  readonly #facts: ProcessFacts;
  readonly #intervalMs: number;
  readonly #store: MemoryStore;
  #appended = 0;

  /** @param problem why there is no folder, null where none is wanted. */
  constructor(facts: ProcessFacts, intervalMs: number, problem: string | null) {
    this.#facts = facts;
    this.#intervalMs = intervalMs;
    this.run = facts.newRun;
    this.problems = problem === null ? [] : [problem];
    this.#store = new MemoryStore(this.run, intervalMs, facts.startedAt);
  }

  get routeCount(): number {
    return this.#store.routeCount;
  }

  append(slice: Slice): void {
    if (!isEmptySlice(slice)) this.#appended++;
    this.#store.append(slice);
  }

  async query({ run, process, from, to }: Selection = {}): Promise<Slice> {
    return this.#isOwn(run, process)
      ? this.#store.query(from, to)
      : emptySlice(run ?? this.run, this.#intervalMs, from ?? 0, to ?? from ?? 0);
  }

  async slices({ run, process, from, to }: Selection, most: number): Promise<Slice[]> {
    return this.#isOwn(run, process) ? this.#store.slices(from, to, most) : [];
  }

  async clear(): Promise<void> {
    this.#store.clear(Date.now());
  }

  runs(): readonly RunSummary[] {
    const { pid, title, startedAt } = this.#facts;
    const requests = totalRequests(this.#store.query().figures);
    const processes = [{ pid, title, startedAt, endedAt: null }];
    return [
      { id: this.run, app: appTitle(this.#facts), startedAt, endedAt: null, processes, requests, isCurrent: true },
    ];
  }

  findRun(id: string | undefined): RunSummary | undefined {
    return this.runs().find((run) => run.id === (id ?? this.run));
  }

  revision(): string {
    return String(this.#appended);
  }

  async gather(): Promise<void> {}

  start(): void {}

  end(): void {}

  #isOwn(run = this.run, process = this.#facts.pid): boolean {
    return run === this.run && process === this.#facts.pid;
  }
}
