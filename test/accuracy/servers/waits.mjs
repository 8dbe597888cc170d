/**
 * Waits and works at planted places, nested and side by side, and keeps what it did: `/truth` answers every request with the
 * intervals of its operations and of its work; `/v8-start` and `/v8-stop` make a plain profile of V8's beside it.
 */

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);
const requests = [];

/** @returns what notes an interval under a name once it is over. */
function noting(list, name) {
  const start = performance.now();
  return () => list.push([name, start, performance.now()]);
}

function burn(note, name, ms) {
  const done = noting(note.work, name);
  const end = performance.now() + ms;
  while (performance.now() < end);
  done();
}

async function readRow(note, caller, ms) {
  const done = noting(note.waits, `${caller} > readRow`);
  await sleep(ms);
  done();
  burn(note, `${caller} > readRow`, 1);
}

async function loadOrder(note, caller) {
  await readRow(note, `${caller} > loadOrder`, 40);
  burn(note, `${caller} > loadOrder`, 0.5);
  await readRow(note, `${caller} > loadOrder`, 20);
}

async function loadCustomer(note, caller) {
  await readRow(note, `${caller} > loadCustomer`, 60);
  const done = noting(note.waits, `${caller} > loadCustomer`);
  await sleep(15);
  done();
}

async function handleOrder(note) {
  await loadOrder(note, 'handleOrder');
  await loadCustomer(note, 'handleOrder');
  burn(note, 'handleOrder', 1);
}

async function handleReport(note) {
  await Promise.all([
    loadOrder(note, 'handleReport'),
    loadCustomer(note, 'handleReport'),
    (async function summarize() {
      const done = noting(note.waits, 'handleReport > summarize');
      await sleep(90);
      done();
    })(),
  ]);
  const done = noting(note.waits, 'handleReport');
  await readFile(file);
  done();
  burn(note, 'handleReport', 1.5);
}

/** V8's own CPU profile, as DevTools and --cpu-prof make it, of what is served until `/v8-stop`. */
async function startV8() {
  const { Session } = await import('node:inspector/promises');
  const started = new Session();
  started.connect();
  await started.post('Profiler.enable');
  await started.post('Profiler.setSamplingInterval', { interval: 2000 });
  await started.post('Profiler.start');
  return started;
}

let session;
const handlers = { '/order': handleOrder, '/report': handleReport };

const server = createServer(async (request, response) => {
  const handle = handlers[request.url];
  if (request.url === '/v8-start') {
    session = await startV8();
    response.end();
    return;
  }
  if (request.url === '/v8-stop') {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    response.end(JSON.stringify(profile));
    return;
  }
  if (!handle) {
    response.end(JSON.stringify(requests.splice(0)));
    return;
  }
  const note = { route: request.url, start: performance.now(), end: 0, waits: [], work: [] };
  await handle(note);
  response.end('done');
  note.end = performance.now();
  requests.push(note);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(`PORT ${server.address().port}`);
