/** The work of `servers/waits.mjs` by the handler that it was done for, as different profilers see it. */

import type { Profile } from '../../src/profile/profile.ts';

export const HANDLERS: readonly string[] = ['handleOrder', 'handleReport'];
/** The planted work; everything else is Node.js's, and the profilers'. */
const WORK = new Set(['burn', 'now']);

/** A request as the server noted it. */
export interface NotedRequest {
  readonly work: readonly (readonly [place: string, start: number, end: number])[];
}

/** What `/v8-stop` answers. */
export interface V8Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
    readonly hitCount: number;
    readonly children?: readonly number[];
  }[];
}

/** Share of all work per handler, '' for none; between 0 and 1. */
export type HandlerShares = ReadonlyMap<string, number>;

/** @param requests what `/truth` answers. */
export function trueShares(requests: readonly NotedRequest[]): HandlerShares {
  const work = requests.flatMap((request) => request.work);
  return sharesOf(work.map(([place, start, end]) => ({ handler: place.split(' > ')[0] ?? '', amount: end - start })));
}

/** @param profile of V8's own. */
export function v8Shares({ nodes }: V8Profile): HandlerShares {
  const handlerOf = new Map<number, string>();
  // A child's number is above its parent's.
  const parts = nodes.map(({ id, callFrame, hitCount, children = [] }) => {
    const handler = HANDLERS.includes(callFrame.functionName) ? callFrame.functionName : (handlerOf.get(id) ?? '');
    for (const child of children) handlerOf.set(child, handler);
    return { handler, amount: WORK.has(callFrame.functionName) ? hitCount : 0 };
  });
  return sharesOf(parts);
}

/** @returns also the samples that the shares rest on. */
export function treeShares({ nodes, functions }: Profile): { shares: HandlerShares; samples: number } {
  const handlers: string[] = [''];
  const parts: { handler: string; amount: number }[] = [];
  let samples = 0;
  for (let node = 1; node < nodes.parent.length; node++) {
    const { name = '' } = functions[nodes.function[node] as number] ?? {};
    handlers.push(HANDLERS.includes(name) ? name : (handlers[nodes.parent[node] as number] ?? ''));
    if (!WORK.has(name)) continue;
    parts.push({ handler: handlers[node] ?? '', amount: nodes.self.wallNs[node] as number });
    samples += nodes.self.samples[node] as number;
  }
  return { shares: sharesOf(parts), samples: Math.round(samples) };
}

function sharesOf(parts: readonly { readonly handler: string; readonly amount: number }[]): HandlerShares {
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  const shares = new Map<string, number>();
  for (const { handler, amount } of parts) shares.set(handler, (shares.get(handler) ?? 0) + amount / total);
  return shares;
}
