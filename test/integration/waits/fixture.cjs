/** A route for each kind of wait; the answer comes when the wait is over. */

const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const zlib = require('node:zlib');
const { execFile } = require('node:child_process');

const backend = http.createServer((_request, response) => setTimeout(() => response.end('{}'), 30));

const get = (path) =>
  new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port: backend.address().port, path }, (response) => {
        response.resume().on('end', resolve);
      })
      .on('error', reject);
  });

const waits = {
  timers: () => sleep(20),
  callback: () => new Promise((resolve) => setTimeout(resolve, 20)),
  files: () => fs.promises.readFile(__filename),
  stat: () => promisify(fs.stat)(__filename),
  keys: () => promisify(crypto.pbkdf2)('a', 'b', 20_000, 32, 'sha256'),
  compression: () => promisify(zlib.gzip)(Buffer.alloc(1_000_000, 'ab')),
  names: () => promisify(require('node:dns').lookup)('localhost'),
  child: () => promisify(execFile)(process.execPath, ['--version']),
  http: () => get('/users/17?token=secret'),
  fetch: async () => (await fetch(`http://127.0.0.1:${backend.address().port}/users/18?token=secret`)).text(),
  guarded: async () => {
    const guard = setTimeout(() => {}, 60_000);
    await sleep(20);
    clearTimeout(guard);
  },
  many: () => Promise.all(Array.from({ length: 12_000 }, () => sleep(5))),
  endless: () => new Promise(() => {}),
};

async function waitFor(kind) {
  await waits[kind]();
}

const server = http.createServer(async (request, response) => {
  const kind = request.url.slice(1);
  if (kind === 'unawaited') {
    // Rejects after the response, and nobody handles it.
    void fetch('http://127.0.0.1:1/');
    response.end();
    return;
  }
  if (!waits[kind]) {
    response.statusCode = 404;
    response.end();
    return;
  }
  await waitFor(kind);
  response.end('waited');
});
process.on('unhandledRejection', (error) => console.log(`UNHANDLED ${error.message}`));
backend.listen(0, '127.0.0.1', () => {
  server.listen(0, '127.0.0.1', () => console.log(`PORT ${server.address().port}`));
});
