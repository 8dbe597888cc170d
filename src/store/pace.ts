/** Lets long work give way: between two of its steps the thread answers and takes in segments. */

import { setImmediate as turn } from 'node:timers/promises';

const MAX_STEP_MS = 15;

export class Pace {
  #since = performance.now();

  /** Call between steps: it returns at once while there is time left. */
  async step(): Promise<void> {
    if (performance.now() - this.#since < MAX_STEP_MS) return;
    await turn();
    this.#since = performance.now();
  }
}
