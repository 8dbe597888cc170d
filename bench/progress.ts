/** Shows on stderr what is being measured and how long it will take. Silent during a slice: printing would disturb it. */

import { performance } from 'node:perf_hooks';

export class Progress {
  readonly #steps: number;
  #begun = 0;
  #startMs = performance.now();

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** A line that is no step of its own. */
  say(text: string): void {
    this.#show(text);
  }

  /** Begins the next step. The time left assumes that steps take as long as those before. */
  step(text: string): void {
    const passedMs = performance.now() - this.#startMs;
    const left = this.#begun === 0 ? '' : `, ${minutes((passedMs / this.#begun) * (this.#steps - this.#begun))} left`;
    this.#begun++;
    this.#show(`[${this.#begun}/${this.#steps}${left}] ${text}`);
  }

  /** Leaves the line for whatever is printed next. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }

  #show(text: string): void {
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }
}

function minutes(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
