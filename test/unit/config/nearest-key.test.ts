/** Suggestions for misspelt keys. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestKey } from '../../../src/config/nearest-key.ts';

const KEYS = ['path', 'log_filename', 'interval_ms', 'access', 'push_url', 'push_format'];

test('other cases, separators, beginnings and typing mistakes find the key', () => {
  const meant = {
    logFilename: 'log_filename',
    'log-filename': 'log_filename',
    INTERVAL: 'interval_ms',
    acess: 'access',
  };
  for (const [written, key] of Object.entries(meant)) assert.equal(nearestKey(written, KEYS), key);
  assert.equal(nearestKey('push_uri', KEYS), 'push_url');
  assert.equal(nearestKey('log_file_name', KEYS), 'log_filename');
});

test('what resembles nothing finds nothing', () => {
  for (const written of ['', 'x', 'colour', '__proto__', 'a'.repeat(1000)])
    assert.equal(nearestKey(written, KEYS), null);
});
