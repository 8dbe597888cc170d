/** Files of slow requests: what was kept comes back, and nothing else is taken for it. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeRequests, encodeRequests } from '../../../src/store/requests-file.ts';
import { slowRequest } from './slow-request.ts';

test('requests come back, times to the microsecond', () => {
  const kept = [slowRequest('1-1', 1000), slowRequest('1-2', 2000.123456)];
  const [first, second, ...more] = decodeRequests(encodeRequests(kept));
  assert.deepEqual(first, kept[0]);
  assert.deepEqual(second, { ...kept[1], durationMs: 2000.123 });
  assert.deepEqual(more, []);
  assert.deepEqual(decodeRequests(encodeRequests([])), []);
});

test('columns may be typed arrays', () => {
  const request = slowRequest('1-1', 1000);
  const typed = { ...request, samples: { ...request.samples, atMs: Float64Array.from(request.samples.atMs) } };
  assert.deepEqual(decodeRequests(encodeRequests([typed])), [request]);
});

test('anything else is refused', () => {
  const bytes = encodeRequests([slowRequest('1-1', 1000)]);
  const text = gunzipSync(bytes).toString();
  const changes: [string, string][] = [
    ['"format":1', '"format":2'],
    ['"route":"GET /slow"', '"route":5'],
    ['"durationMs":1000', '"durationMs":"long"'],
    ['"atMs":[0,10]', '"atMs":[0]'],
    ['"stacks":[[0],[0,1]]', '"stacks":[["__proto__"]]'],
    ['"name":"work"', '"name":{}'],
    ['"routes":["GET /other"]', '"routes":[null]'],
  ];
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), from);
    assert.throws(() => decodeRequests(gzipSync(text.replace(from, to))), Error, to);
  }
  for (const damaged of [bytes.subarray(0, bytes.length / 2), gzipSync('null'), gzipSync('[]'), Buffer.from('no')])
    assert.throws(() => decodeRequests(damaged));
});
