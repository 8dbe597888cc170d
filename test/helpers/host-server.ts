/** A server of test/fixtures/host for the length of a test, and what its profiler says of it. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RouteFigures, RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import { HOST_FIXTURES, type NodeProcess, type NodeProcessOptions, startNode } from './node-process.ts';

export const UI = '/__profile__';
const PATIENCE_MS = 20_000;

/** @param url where the server listens. */
export type Use<Result> = (url: string, server: NodeProcess) => Promise<Result>;

/** Starts a server, uses it, ends it. */
export async function using<Result>(
  args: readonly string[],
  options: NodeProcessOptions,
  use: Use<Result>,
): Promise<Result> {
  const server = startNode(args, options);
  try {
    return await use(await server.url(), server);
  } finally {
    server.kill('SIGKILL');
    await server.exit;
  }
}

/** The same with routes.cjs, wherever its working directory is. @param pages that the application answers itself. */
export function usingRoutes(options: NodeProcessOptions, use: Use<void>, pages: readonly string[] = []): Promise<void> {
  return using([join(HOST_FIXTURES, 'routes.cjs'), ...pages], options, use);
}

/** @param path below `api/v1/`. */
export async function api<Answer>(url: string, path: string): Promise<Answer> {
  const response = await fetch(`${url}${UI}/api/v1/${path}`);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Answer;
}

/** @param extra headers besides those that a program needs for an action. */
export function act(url: string, action: string, body = '', extra: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}${UI}/api/v1/${action}`, { method: 'POST', body, headers: { 'x-profiler': '1', ...extra } });
}

export function status(url: string): Promise<StatusAnswer> {
  return api<StatusAnswer>(url, 'status');
}

export async function routeNamed(url: string, name: string): Promise<RouteFigures | undefined> {
  const { routes } = await api<RoutesAnswer>(url, 'routes');
  return routes.find(({ route }) => route === name);
}

/** @param otherwise says how things stand when the condition has not come true in time. */
export async function until(condition: () => Promise<boolean>, otherwise: () => Promise<unknown>): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += 100) {
    if (await condition()) return;
    await delay(100);
  }
  assert.fail(JSON.stringify(await otherwise()));
}

/** A response is closed a turn of the event loop after its client has it. */
export async function assertCounted(url: string, requests: number): Promise<void> {
  const counted = async (): Promise<number> => {
    const { routes } = await api<RoutesAnswer>(url, 'routes');
    return routes.reduce((sum, route) => sum + route.requests, 0);
  };
  await until(async () => (await counted()) === requests, counted);
}
