/** Shows how far something is: one line that changes on a terminal, a line now and then elsewhere. */

const WIDTH = 30;
const TERMINAL_PERIOD_MS = 100;
const PLAIN_PERIOD_MS = 2000;
const ERASE_LINE = '\r\u001b[2K';

/** @param {NodeJS.WriteStream} stream */
export function progressOn(stream) {
  const period = stream.isTTY ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS;
  let shownAt = performance.now();
  return {
    /** @param {number} share from 0 to 1 */
    show(share, text) {
      const now = performance.now();
      if (now - shownAt < period) return;
      shownAt = now;
      const filled = Math.min(WIDTH, Math.round(share * WIDTH));
      const bar = `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] `;
      stream.write(stream.isTTY ? ERASE_LINE + bar + text : `${text}\n`);
    },
    done() {
      if (stream.isTTY) stream.write(ERASE_LINE);
    },
  };
}
