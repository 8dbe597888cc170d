/** The table for README.md. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTION_NAMES } from '../../../src/config/option-table.ts';
import { optionsMarkdown } from '../../../src/config/options-markdown.ts';

test('the table has a row of five cells for each option, in order', () => {
  const lines = optionsMarkdown().split('\n');
  assert.equal(lines.length, OPTION_NAMES.length + 3);
  assert.equal(lines.pop(), '');
  for (const line of lines) assert.equal(line.split(' | ').length, 5, line);
});

test('a row shows key, variable, default, meaning and accepted values', () => {
  const lines = optionsMarkdown().split('\n');
  const row = (key: string): string | undefined => lines.find((line) => line.startsWith(`| \`${key}\` |`));
  assert.equal(
    row('interval_ms'),
    '| `interval_ms` | `PROFILER_INTERVAL_MS` | `10` | sampling interval in milliseconds | a number from 1 to 1000 |',
  );
  assert.match(row('flush_at_shutdown') ?? '', / \| `false` \(`true` in a repoze section\) \| /);
  assert.match(row('retention') ?? '', / \| `7d,256mb` \| /);
  assert.match(row('token') ?? '', / \| unset \| /);
  assert.match(row('data_dir') ?? '', / \| a folder per app under the temp dir, mode 0700 \| /);
});
