/** Flags of `profiler run`, made from the table of options. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addOptionFlags, flagEnvironment } from '../../../src/cli/option-flags.ts';
import { environmentKey } from '../../../src/config/environment.ts';
import { OPTION_NAMES, OPTIONS } from '../../../src/config/option-table.ts';

/** A value that each option without a word list accepts. */
const SAMPLES: Readonly<Record<string, string>> = {
  path: '/p',
  log_filename: 'log.pb.gz',
  cachegrind_filename: 'out.cachegrind',
  interval_ms: '5',
  ignore: '/health',
  access: 'open',
  token: 's3cret',
  listen: '127.0.0.1:0',
  waits: 'all',
  slow_ms: '100',
  data_dir: 'memory',
  retention: '1d,1mb',
  push_url: 'http://localhost:4040',
  push_format: 'otlp',
  push_headers: 'a=b',
  push_labels: 'a=b',
};

test('every option is a flag, and the flag sets its environment variable', () => {
  for (const name of OPTION_NAMES) {
    const { key, default: standard } = OPTIONS[name];
    const flag = `--${key.replaceAll('_', '-')}`;
    if (typeof standard === 'boolean') {
      assert.deepEqual(environmentFor([flag]), { [environmentKey(key)]: 'true' });
      assert.deepEqual(environmentFor([flag.replace('--', '--no-')]), { [environmentKey(key)]: 'false' });
      continue;
    }
    const sample = SAMPLES[key];
    assert.ok(sample, `no sample for ${key}`);
    assert.deepEqual(environmentFor([flag, sample]), { [environmentKey(key)]: sample });
  }
});

test('without flags the environment is left alone', () => {
  assert.deepEqual(environmentFor([]), {});
});

test('--config names the INI file', () => {
  assert.deepEqual(environmentFor(['--config', 'my.ini']), { PROFILER_CONFIG: 'my.ini' });
});

test('a value that is not accepted is refused with what would be', () => {
  assert.throws(() => environmentFor(['--interval-ms', '0']), {
    code: 'PROFILER_E_USAGE',
    message: '--interval-ms 0 is not accepted. Accepted: a number from 1 to 1000',
  });
});

test('a refused secret is not repeated', () => {
  assert.throws(
    () => environmentFor(['--token', 'two words']),
    (error: Error) => !error.message.includes('two words'),
  );
});

test('the help has one line per option, switches with both directions', () => {
  const command = new Command('run');
  addOptionFlags(command);
  const help = command.helpInformation();
  assert.match(help, /^ {2}--\[no-\]discard-first-request /m);
  for (const name of OPTION_NAMES)
    assert.match(help, new RegExp(`--(\\[no-\\])?${OPTIONS[name].key.replaceAll('_', '-')} `));
});

function environmentFor(args: readonly string[]): Record<string, string> {
  const command = new Command('run').exitOverride();
  addOptionFlags(command);
  command.parse(args, { from: 'user' });
  return flagEnvironment(command.opts(), '/app');
}
