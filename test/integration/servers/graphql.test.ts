/** GraphQL servers: all operations share one path, so the route is the path. */

import { startServer } from '../../helpers/server.ts';
import { fixtureFile } from './fixture-folder.ts';
import { describeThirdPartyServer, type RawRequest } from './third-party.ts';

function query(path: string, text: string, variables: object = {}): RawRequest {
  const body = JSON.stringify({ query: text, variables });
  return { line: `POST ${path}`, route: `POST ${path}`, headers: { 'Content-Type': 'application/json' }, body };
}

function queriesOf(path: string): RawRequest[] {
  return [
    query(path, '{ book(id: "7") { title year author { name } } }'),
    query(path, 'query ($id: ID!) { book(id: $id) { title } }', { id: '8' }),
    query(path, 'mutation { rename(id: "7", title: "New") { title } }'),
    query(path, '{ noSuchField }'),
    query(path, '{ broken'),
  ];
}

function libraryOf(path: string): RawRequest {
  return query(path, '{ authors { name books { title year author { name books { id } } } } }');
}

describeThirdPartyServer({
  name: 'Apollo Server 5, standalone',
  start: async (port, options) => startServer(await fixtureFile('apollo.mjs'), { ...options, args: [String(port)] }),
  requests: [
    ...queriesOf('/'),
    { line: 'GET /?query=%7B__typename%7D', route: 'GET /', headers: { 'Apollo-Require-Preflight': 'yes' } },
    { line: 'GET /?query=%7B__typename%7D', route: 'GET /' },
  ],
  hot: { request: libraryOf('/'), owners: ['graphql'], because: 'it completes thousands of fields' },
});

describeThirdPartyServer({
  name: 'GraphQL Yoga 5',
  start: async (port, options) => startServer(await fixtureFile('yoga.mjs'), { ...options, args: [String(port)] }),
  requests: [
    ...queriesOf('/graphql'),
    { line: 'GET /graphql?query=%7B__typename%7D', route: 'GET /graphql' },
    { line: 'GET /elsewhere', route: '(not found)' },
  ],
  hot: {
    request: libraryOf('/graphql'),
    // The executor completes the fields, graphql's types serialize them, Yoga writes them out.
    owners: ['@graphql-tools/executor', 'graphql', 'graphql-yoga'],
    because: 'they complete thousands of fields',
  },
});
