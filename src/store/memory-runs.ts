/** The store of `data_dir = memory`, and of processes that have no folder: this process's recordings, and no other run. */

import type { RequestTimeline } from '../profile/kept-request.ts';
import type { RequestSource, RunRequests, RunSummary, Selection, Slice, Store } from './contract.ts';
import type { ProcessFacts } from './locate-run.ts';
import { MemoryStore } from './memory-store.ts';
import { requestsWithin } from './requests-within.ts';
import { summaryOfProcess } from './run-summary.ts';
import { emptySlice, isEmptySlice } from './slices.ts';

export class MemoryRuns implements Store {
  readonly run: string;
  readonly folder = null;
  readonly pushFolder = null;
  readonly problems: readonly string[];
  readonly #facts: ProcessFacts;
  readonly #intervalMs: number;
  readonly #store: MemoryStore;
  #appended = 0;
  #slow: RequestSource | undefined;

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

  async requests({ run, process, from, to }: Selection): Promise<readonly RequestTimeline[]> {
    return this.#isOwn(run, process) ? requestsWithin(this.#slow?.all() ?? [], from, to) : [];
  }

  async clear(): Promise<void> {
    this.#store.clear(Date.now());
  }

  runs(): readonly RunSummary[] {
    return [summaryOfProcess(this.run, this.#facts, this.#store.requests)];
  }

  findRun(id: string | undefined): RunSummary | undefined {
    return this.runs().find((run) => run.id === (id ?? this.run));
  }

  revision(): string {
    return String(this.#appended);
  }

  async gather(): Promise<void> {}

  start({ slow }: RunRequests): void {
    this.#slow = slow;
  }

  end(): void {}

  #isOwn(run = this.run, process = this.#facts.pid): boolean {
    return run === this.run && process === this.#facts.pid;
  }
}
