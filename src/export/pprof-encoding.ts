/** What all our pprof files have in common: one location per function, symbolized, the same bytes for the same profile. */

import { gzipSync } from 'node:zlib';
import { Profile as PprofProfile, type ProfileInput } from 'pprof-format';
import type { FunctionInfo } from '../profile/profile.ts';
import { pprofName, pprofSystemName } from './pprof-names.ts';

/** Byte of the gzip header that names the operating system (RFC 1952); 255 is "unknown". */
const GZIP_OS_BYTE = 9;
const GZIP_OS_UNKNOWN = 255;

/** @param text adds a string to the file's table. */
export function functionTables(
  functions: readonly FunctionInfo[],
  text: (value: string) => number,
): Required<Pick<ProfileInput, 'mapping' | 'location' | 'function'>> {
  return {
    // Without a mapping that says it is symbolized, go tool pprof looks for a binary and complains.
    mapping: [{ id: 1, filename: text('node'), hasFunctions: true, hasFilenames: true, hasLineNumbers: true }],
    // One location per function: the sampler knows where a function starts, not which of its lines ran.
    location: functions.map(({ line, column }, index) => ({
      id: index + 1,
      mappingId: 1,
      line: [{ functionId: index + 1, line, column }],
    })),
    function: functions.map((info, index) => ({
      id: index + 1,
      name: text(pprofName(info)),
      systemName: text(pprofSystemName(info)),
      filename: text(info.file),
      startLine: info.line,
    })),
  };
}

/** @param level of compression: 1 for what is written all the time, 6 for what people keep. */
export function encodePprof(profile: ProfileInput, level = 6): Uint8Array {
  const bytes = gzipSync(new PprofProfile(profile).encode(), { level });
  bytes[GZIP_OS_BYTE] = GZIP_OS_UNKNOWN;
  return bytes;
}
