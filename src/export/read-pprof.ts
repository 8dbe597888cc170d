/**
 * Reads a pprof file, gzipped or not: ours without loss of what pprof can hold, others (Go, Datadog, pprof-rs …) as far as they
 * measured time. Bad input throws; it never takes more than bounded time and memory.
 */

import { gunzipSync } from 'node:zlib';
import type { Profile } from '../profile/profile.ts';
import { COMMENT_KEYS } from './pprof-labels.ts';
import { parsePprof } from './pprof-message.ts';
import { parsePprofProfile } from './pprof-profile.ts';

export const MAX_PROFILE_BYTES: number = 256 << 20;

export interface ReadOptions {
  /** Whether each route stays below a pseudo function of its own (profile/by-route.ts), where the file tells them apart. */
  readonly keepRoutes?: boolean;
}

/**
 * @returns times in cpuNs, wallNs and waitNs as far as the file has them
 * @throws with a message that says what is wrong with the file
 */
export function readPprof(bytes: Uint8Array, { keepRoutes = false }: ReadOptions = {}): Profile {
  try {
    return parsePprofProfile(
      isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_PROFILE_BYTES }) : bytes,
      keepRoutes,
    );
  } catch (error) {
    throw new Error(`not a readable pprof profile: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @returns how many requests each route had, as far as one of our own files says it */
export function readRouteRequests(bytes: Uint8Array): Map<string, number> {
  const plain = isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_PROFILE_BYTES }) : bytes;
  const key = COMMENT_KEYS.routeRequests;
  const lines = parsePprof(plain).comments.filter((line) => line.startsWith(key));
  return new Map(
    lines.map((line) => {
      const [count = '', ...route] = line.slice(key.length).split(' ');
      return [route.join(' '), Number(count) || 0];
    }),
  );
}
