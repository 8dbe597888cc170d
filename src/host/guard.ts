/**
 * The one boundary between our code and the host's thread: an error of ours is logged once per feature, the feature goes off,
 * the host goes on. Host code must never run inside a guard, or its errors would be swallowed.
 */

import { logLine, reasonOf } from './log.ts';

export const ROTATION = 'rotation';
export const REQUEST_TRACKING = 'request tracking';
export const MESSAGE_CONTEXTS = 'contexts of messages';
/** Without these little is profiled: one odd request of the host must not end them. */
const PATIENT: ReadonlySet<string> = new Set([ROTATION, REQUEST_TRACKING, MESSAGE_CONTEXTS]);
const PATIENCE = 100;

export class Guard {
  /** By feature, how often it failed. */
  readonly #failures = new Map<string, number>();
  readonly #debug: () => boolean;
  readonly #onFailure: (problem: string) => void;

  /** @param debug when true every error is printed with its stack, not only a feature's first. */
  constructor(debug: () => boolean, onFailure: (problem: string) => void = () => {}) {
    this.#debug = debug;
    this.#onFailure = onFailure;
  }

  /** Runs `body` unless `feature` has failed before. @returns its result, or undefined. */
  run<Result>(feature: string, body: () => Result): Result | undefined {
    if (this.isOff(feature)) return undefined;
    try {
      return body();
    } catch (error) {
      this.fail(feature, error);
      return undefined;
    }
  }

  /** Switches a feature off, at once or when it has failed often, because of an error that was caught elsewhere. */
  fail(feature: string, error: unknown): void {
    const message = reasonOf(error);
    const count = (this.#failures.get(feature) ?? 0) + 1;
    this.#failures.set(feature, count);
    if (count === 1 || count === patienceWith(feature) + 1) {
      const problem = `${feature} ${this.isOff(feature) ? 'is switched off' : 'failed, and goes on'}: ${message}`;
      logLine(problem);
      this.#onFailure(problem);
    }
    if (this.#debug() && error instanceof Error) logLine(error.stack ?? message);
  }

  isOff(feature: string): boolean {
    return this.#failures.size > 0 && (this.#failures.get(feature) ?? 0) > patienceWith(feature);
  }
}

/** @returns how often it may fail before it goes off. */
function patienceWith(feature: string): number {
  return PATIENT.has(feature) ? PATIENCE : 0;
}
