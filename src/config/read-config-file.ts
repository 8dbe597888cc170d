/** Reads the INI file for `loadOptions`. Whatever the path names, it neither blocks nor reads without end. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Fifty times the largest Paste file of the OpenStack services. */
export const MAX_CONFIG_BYTES: number = 256 * 1024;

/** @throws Error, from node:fs with a `code`, or for what is not a regular file of moderate size. */
export function readConfigFile(path: string): string {
  // Without O_NONBLOCK opening a named pipe would wait for a writer, and the host with it. Windows has no such flag.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('it is not a regular file');
    // The size that stat gives is 0 in /proc and old news in a file that grows: count what is read.
    const bytes = Buffer.allocUnsafe(MAX_CONFIG_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length > MAX_CONFIG_BYTES) throw new Error(`it is larger than ${MAX_CONFIG_BYTES} bytes`);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
