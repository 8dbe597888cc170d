/** Reads a saved profile of any kind that we know: pprof, gzipped or not, or a .cpuprofile. The content decides, not the name. */

import { gunzipSync } from 'node:zlib';
import type { Profile } from '../profile/profile.ts';
import { readCpuprofile } from './read-cpuprofile.ts';
import { isGzip, MAX_PROFILE_BYTES, type ReadOptions, readPprof } from './read-pprof.ts';

/** Endings of the files that are read where a folder is given. */
export const PROFILE_FILE: RegExp = /\.(?:pb|pb\.gz|pprof|cpuprofile|cpuprofile\.gz)$/;

const OPENING_BRACE = 0x7b;

/** @throws with a message that says what is wrong with the file */
export function readProfileFile(bytes: Uint8Array, { keepRoutes = false }: ReadOptions = {}): Profile {
  const plain = isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_PROFILE_BYTES }) : bytes;
  if (plain.find((byte) => byte > 0x20) !== OPENING_BRACE) return readPprof(plain, { keepRoutes });
  try {
    return readCpuprofile(Buffer.from(plain).toString('utf8'));
  } catch (error) {
    throw new Error(`not a readable .cpuprofile: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
