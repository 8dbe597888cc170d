/** AccessRules: who sees the page. What is not allowed here must not be allowed anywhere. */

import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import test from 'node:test';
import fc from 'fast-check';
import { AccessRules, type Visitor } from '../../../src/api/access.ts';

function visitor(headers: IncomingHttpHeaders = {}, remoteAddress: string | undefined = '127.0.0.1'): Visitor {
  return {
    remoteAddress,
    localPort: 3000,
    headers: { host: 'localhost:3000', ...headers },
    httpVersion: '1.1',
    queryToken: null,
  };
}

const local = new AccessRules('local', undefined);
const judge = (headers?: IncomingHttpHeaders, remoteAddress?: string): string =>
  local.judge(visitor(headers, remoteAddress));

test('local: a browser on this machine is admitted', () => {
  assert.equal(judge(), 'admit');
});

test('local: every way to write a loopback address of the peer', () => {
  for (const address of ['127.0.0.1', '127.0.0.53', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::FFFF:127.1.2.3'])
    assert.equal(judge({}, address), 'admit', address);
});

test('local: any other peer is refused', () => {
  for (const address of [
    '192.168.0.1',
    '10.0.0.1',
    '128.0.0.1',
    '1.127.0.0.1',
    '127.0.0.1.evil.com',
    '::2',
    '::',
    'fe80::1%lo',
    '::ffff:192.168.0.1',
    '0.0.0.0',
    '',
  ])
    assert.equal(judge({}, address), 'refuse', address);
});

test('local: a unix socket’s peer has no address and is refused', () => {
  assert.equal(local.judge({ ...visitor(), remoteAddress: undefined }), 'refuse');
});

test('local: any forwarding header says that the peer speaks for someone else', () => {
  for (const name of [
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-port',
    'x-forwarded-server',
    'x-forwarded-prefix',
    'x-forwarded-client-cert',
    'x-forwarded-',
    'forwarded',
    'x-real-ip',
    'via',
    'cf-connecting-ip',
    'cf-ray',
    'cf-ipcountry',
    'true-client-ip',
  ])
    for (const value of ['127.0.0.1', '', ['127.0.0.1', '::1']])
      assert.equal(judge({ [name]: value }), 'refuse', `${name}: ${String(value)}`);
});

test('local: headers that only sound like it are none', () => {
  assert.equal(
    judge({ 'x-forwarder': '1', 'x-real-ips': '1', viable: '1', 'x-cf-ray': '1', 'forwarded-for': '1' }),
    'admit',
  );
});

test('local: the host must be this machine by name or address, so that DNS cannot be turned against it', () => {
  for (const host of [
    'localhost:3000',
    // As through a tunnel.
    'localhost:8080',
    'LocalHost:3000',
    '127.0.0.1:80',
    '127.8.8.8:1',
    '[::1]:3000',
  ])
    assert.equal(judge({ host }), 'admit', host);
  for (const host of [
    'evil.com',
    'evil.com:3000',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    'evil-localhost',
    'evil.com/localhost',
    'user@localhost:3000',
    'localhost:3000@evil.com',
    'localhost:port',
    'localhost:',
    'localhost:123456',
    'localhost ',
    ' localhost',
    'localhost\n',
    'localhost.',
    '127.0.0.1:',
    '::1',
    '[::1',
    '[::ffff:192.168.0.1]',
    '0.0.0.0',
    '192.168.0.1',
    '2130706433',
    '',
  ])
    assert.equal(judge({ host }), 'refuse', JSON.stringify(host));
});

test('local: a host without a port is what a proxy makes of a visitor’s, except where the port needs no name', () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    assert.equal(judge({ host }), 'refuse', host);
    for (const localPort of [80, 443])
      assert.equal(local.judge({ ...visitor({ host }), localPort }), 'admit', `${host} ${localPort}`);
  }
});

test('local: a connection that is closed or upgraded is what an nginx asks for that was told little', () => {
  for (const connection of ['close', 'Close', 'upgrade']) assert.equal(judge({ connection }), 'refuse', connection);
  assert.equal(judge({ connection: 'keep-alive' }), 'admit');
});

test('local: without a host nobody is admitted', () => {
  assert.equal(local.judge({ ...visitor(), headers: {} }), 'refuse');
});

test('local: http2’s :authority counts before host', () => {
  assert.equal(judge({ ':authority': 'localhost:3000', host: undefined }), 'admit');
  assert.equal(judge({ ':authority': 'evil.com', host: 'localhost' }), 'refuse');
});

test('local: HTTP/1.0 is what an nginx on this machine speaks for its visitors', () => {
  assert.equal(local.judge({ ...visitor(), httpVersion: '1.0' }), 'refuse');
  assert.equal(local.judge({ ...visitor(), httpVersion: '2.0' }), 'admit');
});

test('local: a token does not help', () => {
  assert.equal(local.judge({ ...visitor({ authorization: 'Bearer x' }, '10.0.0.1'), queryToken: 'x' }), 'refuse');
});

test('property: no host that DNS could answer for is admitted', () => {
  fc.assert(
    fc.property(
      fc.domain(),
      fc.constantFrom('', ':80', ':3000'),
      fc.constantFrom('', 'localhost.', '127.0.0.1.'),
      (domain, port, prefix) => {
        assert.equal(judge({ host: `${prefix}${domain}${port}` }), 'refuse');
      },
    ),
  );
});

test('open admits everyone, off nobody', () => {
  const stranger = visitor({ 'x-forwarded-for': '1.2.3.4' }, '8.8.8.8');
  assert.equal(new AccessRules('open', undefined).judge(stranger), 'admit');
  assert.equal(new AccessRules('off', 'secret').judge({ ...visitor(), queryToken: 'secret' }), 'refuse');
});

test('token: the token decides, wherever it comes from; without one configured nobody is admitted', () => {
  const rules = new AccessRules('token', 'secret');
  const stranger = visitor({ authorization: 'Bearer secret', via: '1.1 proxy' }, '8.8.8.8');
  assert.equal(rules.judge(stranger), 'admit');
  assert.equal(rules.judge(visitor()), 'refuse');
  assert.equal(new AccessRules('token', undefined).judge(stranger), 'refuse');
});
