/** A folder for the recordings of this test process's servers, gone when it ends: tests leave nothing in the system's own. */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

export function dataFolder(): string {
  if (folder === undefined) {
    const made = realpathSync(mkdtempSync(join(tmpdir(), 'profiler-data-')));
    process.once('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
    folder = made;
  }
  return folder;
}
