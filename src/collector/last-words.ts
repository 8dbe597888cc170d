/** What the collector tells the host's thread at its end, when that waits and hears no messages any more: that all is written, or what is not. */

const MAX_TEXT_BYTES = 1000;
/** Int32s before the text: whether it was said, and its length. */
const SAID = 0;
const LENGTH = 1;
const TEXT_AT = 8;

export function makeLastWords(): SharedArrayBuffer {
  return new SharedArrayBuffer(TEXT_AT + MAX_TEXT_BYTES);
}

/** @param text '' when all went well. */
export function sayLastWords(words: SharedArrayBuffer, text: string): void {
  const numbers = new Int32Array(words, 0, 2);
  const bytes = Buffer.from(text).subarray(0, MAX_TEXT_BYTES);
  new Uint8Array(words, TEXT_AT).set(bytes);
  numbers[LENGTH] = bytes.length;
  Atomics.store(numbers, SAID, 1);
  Atomics.notify(numbers, SAID);
}

/** Waits, and holds the thread meanwhile. @returns undefined where they did not come in time. */
export function awaitLastWords(words: SharedArrayBuffer, patienceMs: number): string | undefined {
  const numbers = new Int32Array(words, 0, 2);
  if (Atomics.wait(numbers, SAID, 0, patienceMs) === 'timed-out') return undefined;
  return Buffer.from(words, TEXT_AT, numbers[LENGTH]).toString();
}
