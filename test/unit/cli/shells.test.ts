/** How shells are told to set a variable. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { SHELLS } from '../../../src/cli/shells.ts';

const AWKWARD = `--a="b c" 'quoted' $HOME \`id\` back\\slash %20`;

test('sh: any value survives', { skip: process.platform === 'win32' }, () => {
  const script = `${SHELLS.sh('AWKWARD', AWKWARD)}; printenv AWKWARD`;
  assert.equal(execFileSync('sh', ['-c', script], { encoding: 'utf8' }), `${AWKWARD}\n`);
});

test('fish and PowerShell: quotes are escaped in their ways', () => {
  assert.equal(SHELLS.fish('X', `it's a \\`), `set -gx X 'it\\'s a \\\\'`);
  assert.equal(SHELLS.powershell('X', `it's $a`), `$env:X = 'it''s $a'`);
});

test('cmd and none: the value is as it is', () => {
  assert.equal(SHELLS.cmd('X', '--import=file:///a'), 'set "X=--import=file:///a"');
  assert.equal(SHELLS.none('X', '--import=file:///a'), '--import=file:///a');
});
