import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';

const backend = createServer((request, response) => {
  const isEndless = request.url === '/endless';
  if (!isEndless) response.write('{');
  setTimeout(() => response.end('}'), isEndless ? 1500 : 40);
});
backend.listen(0, '127.0.0.1');
await once(backend, 'listening');
const { port } = backend.address() as AddressInfo;
after(() => {
  backend.closeAllConnections();
  backend.close();
});

const head = (method: string, caller: string, count = 1, leastMs = 0): ExpectedWait => ({
  label: `undici ${method} 127.0.0.1:${port}/late/:id`,
  caller,
  count,
  leastMs,
});
const whole = (method: string, caller: string, count = 1, reader = caller): ExpectedWait[] => {
  const waits = head(method, caller, count);
  return [waits, { ...waits, label: `${waits.label} (body)`, caller: reader, leastMs: 20 }];
};
const kinds = {
  json: whole('GET', 'json'),
  iterate: whole('POST', 'iterate'),
  piped: whole('GET', 'piped'),
  callback: whole('GET', 'callback', 1, 'answered'),
  client: whole('GET', 'client'),
  parallel: whole('PUT', 'parallel', 2),
  streamed: [head('GET', 'streamed', 1, 20)],
  fetched: whole('GET', 'fetched'),
  fetchedByParts: whole('GET', 'fetchedByParts'),
};
const [major = 0] = process.versions.node.split('.').map(Number);

for (const { name, fixture, skip } of [
  { name: 'undici 8', fixture: 'drivers-latest', skip: major < 22 && 'undici 8 needs Node.js 22.19' },
  { name: 'undici 7', fixture: 'drivers-previous', skip: false as const },
  { name: 'undici 6', fixture: 'drivers-oldest', skip: false as const },
])
  driverSuite({
    name,
    fixture,
    file: 'undici',
    skip,
    start: async () => ({ port, url: `http://127.0.0.1:${port}`, stop: async () => {} }),
    kinds,
    endless: { kind: 'endless', label: `undici GET 127.0.0.1:${port}/endless` },
    unhandled: [/UNHANDLED fetch failed/, /UNHANDLED connect ECONNREFUSED/],
  });
