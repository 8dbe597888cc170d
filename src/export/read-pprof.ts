/**
 * Reads a pprof file, gzipped or not: ours without loss of what pprof can hold, others (Go, Datadog, pprof-rs …) as far as they
 * measured time. Bad input throws; it never takes more than bounded time and memory.
 */

import { gunzipSync } from 'node:zlib';
import type { Profile } from '../profile/profile.ts';
import { parsePprofProfile } from './pprof-profile.ts';

const MAX_BYTES = 256 << 20;

/**
 * @returns times in cpuNs, wallNs and waitNs as far as the file has them
 * @throws with a message that says what is wrong with the file
 */
export function readPprof(bytes: Uint8Array): Profile {
  try {
    return parsePprofProfile(isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes);
  } catch (error) {
    throw new Error(`not a readable pprof profile: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
