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
export function samplesByName(profile: Profile): Map<string, number> {
  const byName = new Map<string, number>();
  for (const { names, samples } of sampledStacks(profile))
    for (const name of new Set(names)) byName.set(name, (byName.get(name) ?? 0) + samples);
  return byName;
}

/** @returns every stack that was sampled, by names and outermost first. */
export function sampledStacks(profile: Profile): { names: string[]; samples: number }[] {
  return Array.from(profile.nodes.self.samples, (samples, node) => ({ names: namesTo(profile, node), samples })).filter(
    ({ samples }) => samples > 0,
  );
}

/** @returns the stacks, by names and outermost first, of a function's nodes. */
export function stacksTo(profile: Profile, name: string | undefined): string[][] {
  return Array.from(profile.nodes.parent, (_, node) => namesTo(profile, node)).filter(
    (names) => names.length > 0 && names.at(-1) === name,
  );
}

function namesTo({ functions, nodes }: Profile, node: number): string[] {
  const names: string[] = [];
  for (let at = node; at > 0; at = nodes.parent[at] ?? 0)
    names.unshift(functions[nodes.function[at] ?? -1]?.name ?? '');
  return names;
}
