/** A Next.js production build, as `next start` serves it. */

import { nextFixture } from '../../helpers/next-fixture.ts';
import { startServer } from '../../helpers/server.ts';
import { describeThirdPartyServer } from './third-party.ts';

describeThirdPartyServer({
  name: 'a Next.js 16 production build',
  async start(port, options) {
    const { folder, program } = await nextFixture('next-latest');
    return startServer(program, {
      ...options,
      args: ['start', '--hostname', '127.0.0.1', '--port', String(port)],
      cwd: folder,
      portPattern: /Local:\s+http:\/\/[^:]+:(\d+)/,
    });
  },
  requests: [
    { line: 'GET /', route: 'GET /' },
    { line: 'GET /blog/first', route: 'GET /blog/[slug]' },
    { line: 'GET /api/items/9', route: 'GET /api/items/[id]' },
    { line: 'GET /api/legacy/9', route: 'GET /api/legacy/[id]' },
    { line: 'GET /legacy/4', route: 'GET /legacy/[id]' },
    { line: 'GET /no/such/page', route: '(not found)' },
  ],
  hot: {
    request: { line: 'GET /blog/first', route: 'GET /blog/[slug]' },
    owners: ['next'],
    because: 'it brings React and its renderer along',
  },
});
