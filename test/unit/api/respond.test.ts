/** Responses: the headers that every page has, and compression. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { compress, failure, json, respond, text } from '../../../src/api/respond.ts';
import type { ApiResponse } from '../../../src/api/types.ts';

const ALL: Readonly<Record<string, ApiResponse>> = {
  text: text('hello'),
  json: json({}),
  failure: failure(404, 'PROFILER_E_NOT_FOUND', 'nothing here'),
  download: respond(200, 'application/octet-stream', new Uint8Array(1), { 'content-disposition': 'attachment' }),
};

for (const [name, { headers }] of Object.entries(ALL)) {
  test(`${name}: no script, style or image from elsewhere, none inline, no frame, no form`, () => {
    const policy = new Map(
      (headers['content-security-policy'] ?? '')
        .split('; ')
        .map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]),
    );
    assert.equal(policy.get('default-src'), "'none'");
    assert.equal(policy.get('frame-ancestors'), "'none'");
    assert.equal(policy.get('base-uri'), "'none'");
    assert.equal(policy.get('form-action'), "'none'");
    for (const kind of ['script-src', 'style-src', 'connect-src']) assert.equal(policy.get(kind), "'self'");
    assert.doesNotMatch(headers['content-security-policy'] ?? '', /unsafe|\*|http/);
  });

  test(`${name}: never stored, never sniffed, no referrer`, () => {
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  });
}

test('columns of numbers are plain arrays in JSON', () => {
  const { body } = json({ columns: { a: Int32Array.of(1, -1), b: Float64Array.of(0.5, Number.NaN) }, c: [1] });
  assert.equal(body, '{"columns":{"a":[1,-1],"b":[0.5,null]},"c":[1]}\n');
});

test('errors are JSON with a code', () => {
  const { status, headers, body } = failure(405, 'PROFILER_E_METHOD', 'use POST', { allow: 'POST' });
  assert.deepEqual(
    [status, headers['allow'], JSON.parse(String(body))],
    [405, 'POST', { code: 'PROFILER_E_METHOD', error: 'use POST' }],
  );
});

const LARGE = text('x'.repeat(5000));

test('a large answer is compressed for clients that can read it', () => {
  for (const accepted of ['gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.8', 'deflate,GZIP']) {
    const { headers, body } = compress(LARGE, accepted);
    assert.equal(headers['content-encoding'], 'gzip', accepted);
    assert.equal(headers['vary'], 'accept-encoding');
    assert.equal(gunzipSync(body).toString(), LARGE.body);
  }
});

test('for others it is not, nor is a small one or a file that is compressed already', () => {
  for (const accepted of [undefined, '', 'br', 'identity', 'gzip;q=0', 'gzip; q=0.0, br', 'x-gzip-like', 'gzipped'])
    assert.equal(compress(LARGE, accepted), LARGE, accepted);
  assert.equal(compress(ALL['text'] as ApiResponse, 'gzip'), ALL['text']);
  const file = respond(200, 'application/octet-stream', new Uint8Array(5000));
  assert.equal(compress(file, 'gzip'), file);
});
