/**
 * How the processes of a run ask each other for what they have recorded: whoever is looked at touches a file of the run, and the others
 * look at that file's time now and then, and more often while somebody looks. Polling one file costs next to nothing and needs neither
 * the host's channels, nor sockets, nor what a system allows few of.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRequests } from './contract.ts';
import type { RunFolder } from './run-folder.ts';

/** How often the file is looked at, and how often for a while after somebody looked. */
const IDLE_MS = 1000;
const BUSY_MS = 50;
const BUSY_FOR_MS = 10_000;
/** A process that has not answered by then is busy; it is not waited for until it has answered again. */
const PATIENCE_MS = 1800;
const CHECK_MS = 10;
/** Answers at the same time share one look. */
const FRESH_MS = 200;

export class Peers {
  readonly #folder: RunFolder;
  readonly #writer: string;
  readonly #onTick: () => void;
  /** Writers that did not answer in time, and their last sign then. */
  readonly #late = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #seenLook = Number.NaN;
  #busyUntil = 0;
  #gathering: Promise<void> | undefined;
  #gatheredAt = Number.NEGATIVE_INFINITY;
  #hasEnded = false;

  /** @param onTick called about once a second, and more often while somebody looks. */
  constructor(folder: RunFolder, writer: string, onTick: () => void) {
    this.#folder = folder;
    this.#writer = writer;
    this.#onTick = onTick;
  }

  /** @param answer brings what was recorded into the folder. @returns whether it is there. */
  start(answer: (requests: RunRequests) => Promise<boolean>, requests: RunRequests): void {
    this.#seenLook = this.#folder.lastLook();
    const tick = async (): Promise<void> => {
      this.#onTick();
      const look = this.#folder.lastLook();
      // In either direction: the clock may have been set.
      if (!Number.isNaN(look) && look !== this.#seenLook) {
        this.#seenLook = look;
        this.#busyUntil = performance.now() + BUSY_FOR_MS;
        if (await answer(requests)) this.#folder.giveSign(this.#writer, Math.max(look, Date.now()));
      }
    };
    const plan = (): void => {
      if (this.#hasEnded) return;
      const delayMs = performance.now() < this.#busyUntil ? BUSY_MS : IDLE_MS;
      // What the folder refuses is said where it is written; the next tick tries again.
      this.#timer = setTimeout(
        () =>
          void tick()
            .catch(() => undefined)
            .then(plan),
        delayMs,
      ).unref();
    };
    plan();
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  /** Has the others write what they have. @throws where the folder cannot be written */
  gather(): Promise<void> {
    if (performance.now() - this.#gatheredAt < FRESH_MS) return Promise.resolve();
    this.#gathering ??= this.#gather().finally(() => {
      this.#gatheredAt = performance.now();
      this.#gathering = undefined;
    });
    return this.#gathering;
  }

  async #gather(): Promise<void> {
    const others = this.#folder.list().records.filter((writer) => writer !== this.#writer);
    let waiting = others.filter((writer) => this.#folder.isAlive(writer));
    if (waiting.length === 0) return;
    // Never the time that it has already: within a millisecond, or after the clock was set back, it would not be seen.
    const at = Math.max(Date.now(), Math.floor(this.#folder.lastLook()) + 1 || 0);
    this.#folder.look(this.#writer, at);
    this.#seenLook = this.#folder.lastLook();
    this.#busyUntil = performance.now() + BUSY_FOR_MS;
    waiting = waiting.filter((writer) => this.#late.get(writer) !== this.#folder.lastSign(writer));
    for (
      const end = performance.now() + PATIENCE_MS;
      performance.now() < end;
      await sleep(CHECK_MS, null, { ref: false })
    ) {
      // Files keep times less exactly than they are given.
      waiting = waiting.filter((writer) => this.#folder.lastSign(writer) < at - 0.5);
      if (waiting.length === 0) return;
    }
    for (const writer of waiting) this.#late.set(writer, this.#folder.lastSign(writer));
  }
}
