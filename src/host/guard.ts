/**
 * The one boundary between our code and the host's thread: an error of ours is logged once per feature, the feature goes off,
 * the host goes on. Host code must never run inside a guard, or its errors would be swallowed.
 */

import { logLine, reasonOf } from './log.ts';

export class Guard {
  readonly #failures = new Map<string, string>();
  readonly #debug: () => boolean;
  readonly #onFailure: (feature: string, message: string) => void;

  /** @param debug when true every error is printed with its stack, not only a feature's first. */
  constructor(debug: () => boolean, onFailure: (feature: string, message: string) => void = () => {}) {
    this.#debug = debug;
    this.#onFailure = onFailure;
  }

  /** Runs `body` unless `feature` has failed before. @returns its result, or undefined. */
  run<Result>(feature: string, body: () => Result): Result | undefined {
    if (this.#failures.size > 0 && this.#failures.has(feature)) return undefined;
    try {
      return body();
    } catch (error) {
      this.fail(feature, error);
      return undefined;
    }
  }

  /** Switches a feature off, because of an error that was caught elsewhere. */
  fail(feature: string, error: unknown): void {
    const message = reasonOf(error);
    const known = this.#failures.has(feature);
    this.#failures.set(feature, message);
    if (!known) {
      logLine(`${feature} is switched off: ${message}`);
      this.#onFailure(feature, message);
    }
    if (this.#debug() && error instanceof Error) logLine(error.stack ?? message);
  }

  isOff(feature: string): boolean {
    return this.#failures.size > 0 && this.#failures.has(feature);
  }
}
