/** Requests and errors of a profiled server's routes. */

import type { RoutesAnswer } from '../../src/api/types.ts';
import { requestCounts } from './routes.ts';
import type { TestServer } from './server.ts';

/** A request ends when its response is closed, which can be a turn of the server's event loop later than the client has it. */
const MAX_LOOKS = 50;

export interface Counts {
  readonly requests: number;
  readonly errors: number;
}

export async function routeFigures(server: TestServer): Promise<Map<string, Counts>> {
  await requestCounts(server);
  const { routes } = (await server.api('routes')) as RoutesAnswer;
  return new Map(routes.map(({ route, requests, errors }) => [route, { requests, errors }]));
}

/** @returns a route's figures as soon as it has had that many requests, or as they stand after many looks. */
export async function figuresOf(server: TestServer, route: string, requests = 1): Promise<Counts | undefined> {
  for (let look = 0; ; look++) {
    const figures = (await routeFigures(server)).get(route);
    if ((figures?.requests ?? 0) >= requests || look === MAX_LOOKS) return figures;
  }
}

/** Runs `act`. @returns what that added to the figures of the routes that have had more requests since. */
export async function addedBy(server: TestServer, act: () => Promise<unknown>): Promise<Record<string, Counts>> {
  const before = await routeFigures(server);
  await act();
  for (let look = 0; ; look++) {
    const added = [...(await routeFigures(server))].map(([route, { requests, errors }]) => {
      const { requests: oldRequests, errors: oldErrors } = before.get(route) ?? { requests: 0, errors: 0 };
      return [route, { requests: requests - oldRequests, errors: errors - oldErrors }] as const;
    });
    const grown = added.filter(([, { requests }]) => requests > 0);
    if (grown.length > 0 || look === MAX_LOOKS) return Object.fromEntries(grown);
  }
}
