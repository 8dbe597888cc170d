/** How commands end that fail. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { CLI_FAILURE_CODES, CliFailure, endingOf } from '../../../src/cli/failure.ts';

const QUIET = { debug: false, help: 'profiler stats --help' };

test('a failure is one line with its code, and exit code 1', () => {
  assert.deepEqual(endingOf(new CliFailure('PROFILER_E_FILE', 'x cannot be read'), QUIET), {
    exitCode: 1,
    text: 'profiler: PROFILER_E_FILE: x cannot be read\n',
  });
});

test('wrong usage is exit code 2 and says where help is', () => {
  const error = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--a'\n(Did you mean --b?)");
  assert.deepEqual(endingOf(error, QUIET), {
    exitCode: 2,
    text: "profiler: PROFILER_E_USAGE: unknown option '--a' (Did you mean --b?). See profiler stats --help\n",
  });
  assert.equal(endingOf(new CliFailure('PROFILER_E_USAGE', 'no'), QUIET).exitCode, 2);
});

test('help and version end with 0 and say no more', () => {
  assert.deepEqual(endingOf(new CommanderError(0, 'commander.version', '1.0.0'), QUIET), { exitCode: 0, text: '' });
});

test('a stack trace is for debugging only', () => {
  const error = new TypeError('x is not a function');
  assert.equal(endingOf(error, QUIET).text.split('\n').length, 2);
  assert.match(endingOf(error, { ...QUIET, debug: true }).text, /\n {4}at /);
});

test('names from elsewhere cannot write to the terminal', () => {
  assert.doesNotMatch(endingOf(new CliFailure('PROFILER_E_FILE', 'a\u001b[2Jb\nc'), QUIET).text.trimEnd(), /\p{Cc}/u);
});

test('the list holds every code that a command fails with, and no other', () => {
  const folder = new URL('../../../src/cli/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && file !== 'failure.ts');
  const used = sources.flatMap((file) => readFileSync(new URL(file, folder), 'utf8').match(/PROFILER_E_\w+/g) ?? []);
  // What nobody expects is given its code in failure.ts itself.
  assert.deepEqual([...new Set([...used, 'PROFILER_E_INTERNAL'])].sort(), [...CLI_FAILURE_CODES].sort());
});
