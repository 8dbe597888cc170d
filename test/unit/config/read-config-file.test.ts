/** Reading the INI file from a real disk. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadOptions } from '../../../src/config/load.ts';
import { MAX_CONFIG_BYTES, readConfigFile } from '../../../src/config/read-config-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-config-'));
after(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, 'x.ini');
  writeFileSync(path, content);
  return path;
}

test('a file is read whole, as UTF-8', () => {
  assert.equal(readConfigFile(fileWith('[profiler]\n# ä')), '[profiler]\n# ä');
  assert.equal(readConfigFile(fileWith('')), '');
  assert.equal(readConfigFile(fileWith('x'.repeat(MAX_CONFIG_BYTES))).length, MAX_CONFIG_BYTES);
});

test('a larger file is refused', () => {
  assert.throws(() => readConfigFile(fileWith(`${'ä'.repeat(MAX_CONFIG_BYTES / 2)}x`)), /larger than 262144 bytes/);
});

test('a missing file throws with its code', () => {
  assert.throws(() => readConfigFile(join(folder, 'nope')), { code: 'ENOENT' });
});

test('a folder, a device and a named pipe are refused without waiting', { skip: process.platform === 'win32' }, () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [folder, '/dev/zero', pipe]) assert.throws(() => readConfigFile(path), /not a regular file/);
});

test('the default file is found in the working folder', () => {
  writeFileSync(join(folder, 'profiler.ini'), '[profiler]\nlog_filename = x.pb.gz\n');
  const { options, problems } = loadOptions({ env: {}, cwd: folder, readFile: readConfigFile });
  assert.deepEqual(problems, []);
  assert.equal(options.logFilename, join(folder, 'x.pb.gz'));
});

test('a path through a file that is not a folder is no file, and silent', () => {
  const cwd = fileWith('');
  assert.deepEqual(loadOptions({ env: {}, cwd, readFile: readConfigFile }).problems, []);
});
