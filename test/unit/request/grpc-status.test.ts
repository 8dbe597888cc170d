import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { test } from 'node:test';
import { grpcStatus, UNIMPLEMENTED } from '../../../src/request/grpc-status.ts';

const statusOf = (sent: Partial<Pick<ServerHttp2Stream, 'sentTrailers' | 'sentHeaders'>>): number | undefined =>
  grpcStatus(sent as ServerHttp2Stream);

test('a gRPC status in the trailers becomes the HTTP status that stands for it', () => {
  assert.equal(statusOf({ sentHeaders: { ':status': 200 }, sentTrailers: { 'grpc-status': '0' } }), 200);
  assert.equal(statusOf({ sentHeaders: { ':status': 200 }, sentTrailers: { 'grpc-status': '13' } }), 500);
  assert.equal(statusOf({ sentHeaders: { ':status': 200 }, sentTrailers: { 'grpc-status': 5 } }), 404);
});

test('a call without a message has its status in the headers', () => {
  assert.equal(statusOf({ sentHeaders: { ':status': 200, 'grpc-status': 12 } }), UNIMPLEMENTED);
});

test('a call that broke off, or whose status is none of gRPC, has none', () => {
  assert.equal(statusOf({ sentHeaders: { ':status': 200 } }), undefined);
  assert.equal(statusOf({ sentTrailers: { 'grpc-status': '99' } }), undefined);
});
