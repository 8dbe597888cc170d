/** Nothing secret is shown. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTION_NAMES, OPTIONS } from '../../../src/config/option-table.ts';
import { maskedOptions } from '../../../src/config/redact.ts';
import { loadFrom } from './load-from.ts';

test('tokens, header values and the credentials of a URL are masked, the rest stays', () => {
  const { options, problems } = loadFrom(`[profiler]
token = hunter2
push_url = https://user:hunter3@push.example:4040/in?api_key=hunter4&x=hunter5#hunter6
push_headers = Authorization=hunter7,X-Scope=hunter8
push_labels = env=prod
path = /visible
`);
  assert.deepEqual(problems, []);
  const masked = maskedOptions(options);
  assert.doesNotMatch(JSON.stringify(masked), /hunter/);
  assert.equal(masked.token, '***');
  assert.equal(masked.pushUrl, 'https://***:***@push.example:4040/in?api_key=***&x=***');
  assert.deepEqual(masked.pushHeaders, { Authorization: '***', 'X-Scope': '***' });
  assert.deepEqual(masked.pushLabels, { env: 'prod' });
  assert.equal(masked.path, '/visible');
  assert.equal(options.token, 'hunter2');
});

test('what is unset stays unset', () => {
  assert.deepEqual(maskedOptions(loadFrom().options), loadFrom().options);
});

test('exactly the secrets are marked as such', () => {
  assert.deepEqual(
    OPTION_NAMES.filter((name) => OPTIONS[name].secret),
    ['token', 'pushUrl', 'pushHeaders'],
  );
});
