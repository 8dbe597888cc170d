/** Shows how long a wait still takes, on a terminal only. */

import { setTimeout as delay } from 'node:timers/promises';

const STEP_MS = 250;
const BAR_WIDTH = 24;
const ERASE_LINE = '\r\u001b[2K';

/** @param signal ends the wait early, with an AbortError. */
export async function waitWithProgress(seconds: number, label: string, signal?: AbortSignal): Promise<void> {
  if (!process.stderr.isTTY) {
    await delay(seconds * 1000, undefined, { signal });
    return;
  }
  const start = performance.now();
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
    process.stderr.write(`${ERASE_LINE}${bar(elapsed / seconds)} ${elapsed.toFixed(0)}/${seconds} s  ${label}`);
    await delay(Math.min(STEP_MS, (seconds - elapsed) * 1000), undefined, { signal });
  }
  process.stderr.write(ERASE_LINE);
}

/** @param share from 0 to 1. */
function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}
