/** Which functions a profiled server was seen in, by route. */

import type { Profile } from '../../src/api/types.ts';
import { requestCounts } from './routes.ts';
import type { TestServer } from './server.ts';

/** @returns function name -> samples with that function anywhere in their stack, of everything recorded for the route until now. */
export async function functionSamples(server: TestServer, route: string): Promise<Map<string, number>> {
  await requestCounts(server);
  return samplesByName((await server.api(`profile?route=${encodeURIComponent(route)}`)) as Profile);
}

/** @returns function name -> samples with that function anywhere in their stack */
export function samplesByName({ functions, nodes }: Profile): Map<string, number> {
  const samples = new Map<string, number>();
  for (const [node, count] of Array.from(nodes.self.samples).entries()) {
    if (count === 0) continue;
    const names = new Set<string>();
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0) names.add(functions[nodes.function[at] ?? -1]?.name ?? '');
    for (const name of names) samples.set(name, (samples.get(name) ?? 0) + count);
  }
  return samples;
}

/** @returns the stacks, by names and outermost first, of a function's nodes. */
export function stacksTo({ functions, nodes }: Profile, name: string | undefined): string[][] {
  const nameOf = (node: number): string => functions[nodes.function[node] ?? -1]?.name ?? '';
  return Array.from({ length: nodes.parent.length }, (_, node) => node)
    .filter((node) => node > 0 && nameOf(node) === name)
    .map((node) => {
      const names: string[] = [];
      for (let at = node; at > 0; at = nodes.parent[at] ?? 0) names.unshift(nameOf(at));
      return names;
    });
}
