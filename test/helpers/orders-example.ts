/** Runs examples/orders under the profiler on a PostgreSQL of its own, and puts what both say of its queries side by side. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRestFunction } from '../../src/profile/by-route.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { routeNamed, until } from './host-server.ts';
import { ORDERS_FOLDER, startOrdersDatabase } from './orders-database.ts';
import { startServer, type TestServer } from './server.ts';

/** The calls of queries are counted from here on. */
const RESET = 'SELECT pg_stat_statements_reset()';
const COUNTED = `SELECT query, calls::int, mean_exec_time AS "meanMs" FROM pg_stat_statements WHERE query LIKE '%orders%'`;

/** A query, as the profile and as PostgreSQL has it. */
export interface QueryFigures {
  readonly route: string;
  /** The application's functions from the outermost to the one that called the driver. */
  readonly callers: readonly string[];
  /** `reports.js:11` */
  readonly callSite: string;
  readonly label: string;
  readonly waits: number;
  readonly meanWaitMs: number;
  readonly calls: number;
  readonly meanExecutionMs: number;
}

interface Counted {
  readonly query: string;
  readonly calls: number;
  readonly meanMs: number;
}

/**
 * Sends the requests one after the other: what waits beside another shares its time, which PostgreSQL does not know.
 * @param requests of each route.
 */
export async function measureOrders(requests: Readonly<Record<string, number>>): Promise<QueryFigures[]> {
  const { client, env, end } = await startOrdersDatabase();
  try {
    await client.query('CREATE EXTENSION pg_stat_statements');
    const server = await startServer(join(ORDERS_FOLDER, 'server.js'), { env: { ...env, PROFILER_WAITS: 'all' } });
    try {
      await client.query(RESET);
      for (const [path, count] of Object.entries(requests))
        for (let at = 0; at < count; at++) await server.get(path.replace('$n', String(at + 1)));
      const { rows } = await client.query<Counted>(COUNTED);
      return await queriesOf(server, requests, rows);
    } finally {
      await server.stop();
    }
  } finally {
    await end();
  }
}

/** As a table; differences in percent of what PostgreSQL says. */
export function ordersTable(figures: readonly QueryFigures[]): string {
  const rows = figures.map(({ route, callers, callSite, label, waits, meanWaitMs, calls, meanExecutionMs }) => [
    route,
    `${callers.join(' > ')} (${callSite})`,
    label.length > 60 ? `${label.slice(0, 60)}…` : label,
    String(waits),
    meanWaitMs.toFixed(3),
    String(calls),
    meanExecutionMs.toFixed(3),
    `${(100 * (meanWaitMs / meanExecutionMs - 1)).toFixed(1)} %`,
  ]);
  const head = ['route', 'call site', 'waited for', 'waits', 'mean ms', 'calls', 'mean ms in PostgreSQL', 'more'];
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  return table
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Runs `npm install` for the example where that has not been done. */
export function installOrders(): void {
  const script = fileURLToPath(new URL('../../scripts/install.mjs', import.meta.url));
  const code = `import(${JSON.stringify(script)}).then((module) => module.ensureInstalled(${JSON.stringify(ORDERS_FOLDER)}))`;
  execFileSync(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function queriesOf(
  server: TestServer,
  requests: Readonly<Record<string, number>>,
  counted: readonly Counted[],
): Promise<QueryFigures[]> {
  const figures: QueryFigures[] = [];
  for (const [path, count] of Object.entries(requests)) {
    const route = `GET ${path.replace('$n', ':id')}`;
    const seen = async (): Promise<number> => (await routeNamed(server.url, route))?.requests ?? 0;
    await until(async () => (await seen()) >= count, seen);
    const profile = (await server.api(`profile?route=${encodeURIComponent(route)}`)) as Profile;
    for (const found of waitsIn(profile)) {
      const known = counted.find(({ query }) => nameOf(`pg ${query}`) === nameOf(found.label));
      figures.push({ route, ...found, calls: known?.calls ?? 0, meanExecutionMs: known?.meanMs ?? Number.NaN });
    }
  }
  return figures;
}

/** PostgreSQL puts `$1` for a literal. */
function nameOf(label: string): string {
  return label.replaceAll(/\$\d+/g, '?').replaceAll(/\s+/g, ' ');
}

function waitsIn({
  nodes,
  functions,
}: Profile): Pick<QueryFigures, 'callers' | 'callSite' | 'label' | 'waits' | 'meanWaitMs'>[] {
  const found = [];
  const above: { name: string; place: string }[][] = [[]];
  for (let node = 1; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] as number] as Profile['functions'][number];
    const callers = above[nodes.parent[node] as number] ?? [];
    const place = `${info.file.split('/').at(-1)}:${info.line}`;
    above.push(info.category === 'app' ? [...callers, { name: info.name, place }] : callers);
    const waits = nodes.self.waits[node] as number;
    if (info.category !== 'wait' || isRestFunction(info)) continue;
    found.push({
      callers: callers.map(({ name }) => name),
      callSite: callers.at(-1)?.place ?? '',
      label: info.name,
      waits,
      meanWaitMs: (nodes.self.waitNs[node] as number) / waits / 1e6,
    });
  }
  return found;
}
