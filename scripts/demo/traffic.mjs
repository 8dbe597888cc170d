/** Traffic for the demo: a few clients that each send their next request when the last one is answered. To 127.0.0.1 only. */

import { Agent, request } from 'node:http';

const HOST = '127.0.0.1';
const CLIENTS = 4;
const SEARCHES = ['red wooden chair', 'steel lamp', 'green basket', 'woollen carpet'];

/** One round of requests; clients start at different places of it. */
const ROUND = [
  () => get('/'),
  (n) => get(`/api/products/${n % 80}`),
  (n) => get(`/api/search?q=${encodeURIComponent(SEARCHES[n % SEARCHES.length])}`),
  (n) => get(`/api/orders/${n % 1000}`),
  () => get('/api/products'),
  (n) => get(`/api/products/${(7 * n) % 80}`),
  (n) => get(`/api/shipping/${n % 80}`),
  (n) => get(`/api/search?q=${encodeURIComponent(SEARCHES[(n + 1) % SEARCHES.length])}`),
  () => get('/'),
  () => post('/api/login', { name: 'ada', password: 'engine' }),
];

/**
 * Drives the shop until the time is over or the signal says stop.
 * @param {{ port: number, seconds: number, signal: AbortSignal }} options
 * @param {(elapsedSeconds: number, requests: number) => void} onProgress called after every answer
 * @returns {Promise<{ requests: number, failures: number }>} failures: no answer, or a status of 400 and above
 */
export async function driveTraffic({ port, seconds, signal }, onProgress) {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const counts = { requests: 0, failures: 0 };
  const client = async (first) => {
    for (let n = first; elapsed() < seconds && !signal.aborted; n++) {
      const status = await send(ROUND[n % ROUND.length](n), { agent, port });
      counts.requests++;
      if (status >= 400) counts.failures++;
      onProgress(elapsed(), counts.requests);
    }
  };
  const starts = Array.from({ length: CLIENTS }, (_, i) => Math.floor((i * ROUND.length) / CLIENTS));
  await Promise.all(starts.map(client));
  agent.destroy();
  return counts;
}

function get(path) {
  return { method: 'GET', path, headers: {}, body: '' };
}

function post(path, value) {
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** @returns {Promise<number>} the status; 599 where there was no answer */
function send({ method, path, headers, body }, { agent, port }) {
  return new Promise((resolve) => {
    const noAnswer = () => resolve(599);
    const outgoing = request({ host: HOST, port, agent, method, path, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', noAnswer);
    });
    outgoing.on('error', noAnswer);
    outgoing.end(body);
  });
}
