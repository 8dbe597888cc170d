/** Asks a profiled server which route it counted a request for. */

import assert from 'node:assert/strict';
import type { TestServer } from './server.ts';

/** A request ends when its response is closed, which can be a turn of the server's event loop later than the client has it. */
const MAX_LOOKS = 50;
const BACKGROUND = '(background)';

/** `GET /users/42` or, with more than a method, the request's fetch options. */
export type RequestLine = string | { readonly line: string; readonly init: RequestInit };

/**
 * Sends requests one after the other and compares the routes they were counted for.
 * @param expected `[['GET /users/42', 'GET /users/:id'], …]`
 */
export async function assertRoutes(
  server: TestServer,
  expected: ReadonlyArray<readonly [RequestLine, string]>,
): Promise<void> {
  const actual: Array<readonly [RequestLine, string]> = [];
  for (const [request] of expected) actual.push([request, await routeOf(server, request)]);
  assert.deepEqual(actual, expected);
}

/** Sends one request. @returns the route that it was counted for: `GET /users/:id` */
export async function routeOf(server: TestServer, request: RequestLine): Promise<string> {
  const { line, init } = typeof request === 'string' ? { line: request, init: {} } : request;
  const [method = 'GET', path = '/'] = line.split(' ');
  const before = await requestCounts(server);
  await server.get(path, { redirect: 'manual', ...init, method });
  return (await grownRoute(server, before)) ?? `none: ${line} was not counted`;
}

/** @returns the route, or routes, that have had more requests than `before`, once there are any. */
export async function grownRoute(server: TestServer, before: ReadonlyMap<string, number>): Promise<string | undefined> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const after = await requestCounts(server);
    const grown = [...after].filter(([route, requests]) => requests > (before.get(route) ?? 0)).map(([route]) => route);
    if (grown.length > 0) return grown.join(' and ');
  }
  return undefined;
}

/** @returns the requests that each route has had until now. */
export async function requestCounts(server: TestServer): Promise<Map<string, number>> {
  await rotate(server);
  const { routes } = (await server.api('routes')) as { routes: ReadonlyArray<{ route: string; requests: number }> };
  return new Map(routes.filter(({ route }) => route !== BACKGROUND).map(({ route, requests }) => [route, requests]));
}

/** Has the server hand over what it recorded: answers of the API alone may be a fifth of a second old. */
async function rotate(server: TestServer): Promise<void> {
  const response = await server.get('/__profile__/api/v1/recording', {
    method: 'POST',
    headers: { 'x-profiler': '1', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    body: '{"on": true}',
  });
  assert.equal(response.status, 200, await response.text());
}
