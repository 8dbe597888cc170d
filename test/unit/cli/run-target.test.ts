/** What `profiler run` takes its first word for. */

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runTarget, scriptNamedLike } from '../../../src/cli/run-target.ts';

const cwd = mkdtempSync(join(tmpdir(), 'profiler-run-target-'));
after(() => rmSync(cwd, { recursive: true }));
mkdirSync(join(cwd, 'bin'));
mkdirSync(join(cwd, 'app'));
write('server.js', '');
write('next.js', '');
write('app/index.js', '');
write('bin/www', '#!/usr/bin/env node\n', 0o755);
write('bin/plain', 'console.log(1)', 0o644);
write('bin/start', '#!/bin/sh\nnode server.js\n', 0o755);

test('scripts go to Node.js with all that follows', () => {
  for (const script of [
    'server.js',
    './server.js',
    join(cwd, 'server.js'),
    'bin/www',
    'bin/plain',
    '.',
    './app',
    './server',
  ]) {
    if (script === '.') write('index.js', '');
    assert.deepEqual(runTarget([script, '--port', '3000'], cwd), { kind: 'node', args: [script, '--port', '3000'] });
  }
});

test('node itself is Node.js with flags of its own', () => {
  assert.deepEqual(runTarget(['node', '--inspect', 'a.js'], cwd), {
    kind: 'node',
    node: 'node',
    args: ['--inspect', 'a.js'],
  });
  assert.deepEqual(runTarget(['/opt/n/bin/node', 'a.js'], cwd), {
    kind: 'node',
    node: '/opt/n/bin/node',
    args: ['a.js'],
  });
});

test('anything else is a program, even where a script or folder has a similar name', () => {
  for (const program of ['npm', 'next', 'app', 'bin/start', '/usr/bin/env']) {
    assert.deepEqual(runTarget([program, 'start'], cwd), { kind: 'program', program, args: ['start'] });
  }
});

test('a script that is not there is said so', () => {
  assert.throws(() => runTarget(['missing.mjs'], cwd), {
    code: 'PROFILER_E_SCRIPT',
    message: /no file .*missing\.mjs/,
  });
});

test('the script whose ending was left out is found', () => {
  assert.equal(scriptNamedLike('server', cwd), 'server.js');
  assert.equal(scriptNamedLike('nothing', cwd), null);
});

function write(name: string, text: string, mode = 0o644): void {
  writeFileSync(join(cwd, name), text);
  chmodSync(join(cwd, name), mode);
}
