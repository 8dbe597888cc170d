/**
 * A lock between processes that ends with its owner, however that ends: a file that says who owns it. Whoever finds the owner dead takes
 * it over. What is done under it must bear being done twice all the same: two may take over at once, after a long stop of one of them.
 */

import { type Files, modifiedMs, readRecord, removeIfThere, writeFirst } from './files.ts';
import { isAlive, type ProcessIdentity, parseIdentity } from './process-identity.ts';

export const LOCK_FILE = 'lock';
/** Nobody works for so long under it: its owner was stopped, or its id counts in a container that is gone. */
const STALE_MS = 10 * 60_000;

/** @returns what gives it back, or null while another owns it. @throws what the system says */
export function tryLock(files: Files, folder: string, identity: ProcessIdentity, writer: string): (() => void) | null {
  const lock = `${folder}/${LOCK_FILE}`;
  for (let tries = 0; tries < 2; tries++) {
    if (writeFirst(files, folder, LOCK_FILE, JSON.stringify({ identity, writer }), writer))
      return () => {
        // It may have been taken over.
        if (readRecord(files, lock)?.['writer'] === writer) removeIfThere(files, lock);
      };
    const owner = parseIdentity(readRecord(files, lock)?.['identity']);
    const silentMs = Math.abs(Date.now() - modifiedMs(files, lock));
    if (owner && silentMs < STALE_MS && isAlive(files, owner, silentMs)) return null;
    removeIfThere(files, lock);
  }
  return null;
}
