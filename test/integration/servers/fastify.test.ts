/** A Fastify application with the plugins that most of them have. */

import { startServer } from '../../helpers/server.ts';
import { fixtureFile } from './fixture-folder.ts';
import { describeThirdPartyServer } from './third-party.ts';

describeThirdPartyServer({
  name: 'a Fastify 5 application with static, cookie, formbody and view',
  start: async (port, options) =>
    startServer(await fixtureFile('fastify-app/app.mjs'), { ...options, args: [String(port)] }),
  requests: [
    { line: 'GET /', route: 'GET /' },
    { line: 'GET /', route: 'GET /', headers: { Cookie: 'visits=41' } },
    { line: 'GET /catalog', route: 'GET /catalog' },
    { line: 'GET /shop/articles/7', route: 'GET /shop/articles/:article' },
    { line: 'GET /shop/articles/seven', route: 'GET /shop/articles/:article' },
    { line: 'GET /shop/articles/7000', route: 'GET /shop/articles/:article' },
    {
      line: 'POST /shop/orders',
      route: 'POST /shop/orders',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'article=7&count=2',
    },
    { line: 'GET /assets/site.css', route: 'GET /assets/*' },
    { line: 'GET /assets/missing.css', route: 'GET /assets/*' },
    { line: 'GET /nowhere', route: '(not found)' },
  ],
  hot: {
    request: { line: 'GET /catalog', route: 'GET /catalog' },
    owners: ['catalog.ejs', 'ejs'],
    because: 'the template lists all articles, and ejs escapes each of their fields',
  },
});
