/** The carrier's server, for shipping.js: answers after 10 ms, and ends with the shop. */

import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const value = Number(new URL(request.url, 'http://carrier').searchParams.get('value'));
  setTimeout(() => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ euros: 3 + value / 50 }));
  }, 10);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches every process of the group; this one ends when the shop has.
process.on('SIGINT', () => {});
