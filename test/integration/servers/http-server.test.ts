/** http-server, as its own command starts it. */

import { startServer } from '../../helpers/server.ts';
import { fixtureFile } from './fixture-folder.ts';
import { describeThirdPartyServer } from './third-party.ts';

describeThirdPartyServer({
  name: 'http-server 14',
  start: async (port, options) =>
    startServer(await fixtureFile('node_modules/http-server/bin/http-server'), {
      ...options,
      args: [await fixtureFile('public'), '-p', String(port), '-a', '127.0.0.1', '-c-1'],
      portPattern: /http:\/\/127\.0\.0\.1:.*?(\d{2,5})/,
    }),
  requests: [
    { line: 'GET /', route: 'GET /' },
    { line: 'GET /style.css', route: 'GET /style.css' },
    { line: 'HEAD /style.css', route: 'HEAD /style.css' },
    { line: 'GET /guide', route: 'GET /guide' },
    { line: 'GET /guide/', route: 'GET /guide/' },
    { line: 'GET /files/', route: 'GET /files/' },
    { line: 'GET /style.css', route: 'GET /style.css', headers: { Range: 'bytes=0-3' } },
    { line: 'GET /missing.html', route: '(not found)' },
  ],
  hot: {
    request: { line: 'GET /files/', route: 'GET /files/' },
    owners: ['http-server'],
    because: 'it reads the directory and writes the listing',
  },
});
