/** Gets profiles to look at, each with its routes: files, runs, folders of files, running servers. */

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { RoutesAnswer } from '../api/types.ts';
import { routeFunction } from '../profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { Profile } from '../profile/profile.ts';
import { requestsByRoute, sliceProfile } from '../store/slice-profile.ts';
import { parseAddress } from './address.ts';
import { CliFailure } from './failure.ts';
import { ProfilerClient } from './profiler-client.ts';
import { profileFilesIn } from './read-diff-side.ts';
import { readFile } from './read-profile.ts';
import { readRun, type SavedRun } from './read-run.ts';
import type { SavedProfile } from './saved-backend.ts';

/** @param from files, folders or URLs. @throws CliFailure */
export async function readSaved(from: readonly string[], token: string | undefined): Promise<SavedProfile[]> {
  const read: SavedProfile[] = [];
  for (const word of from) {
    const address = parseAddress(word);
    if (address) read.push(await readServer((await ProfilerClient.find(address, token)).client));
    else if (statSync(word, { throwIfNoEntry: false })?.isDirectory()) {
      const run = await readRun(word);
      read.push(...(run ? [savedRun(run)] : profileFilesIn(word).map(readSavedFile)));
    } else read.push(readSavedFile(word));
  }
  if (read.length === 0) throw new CliFailure('PROFILER_E_FILE', `there is no profile in ${from.join(', ')}`);
  return uniquelyNamed(read);
}

function savedRun({ id, whole }: SavedRun): SavedProfile {
  return { name: id, recorded: sliceProfile(whole, null, true), requestsByRoute: requestsByRoute(whole) };
}

function readSavedFile(file: string): SavedProfile {
  const { profile, requestsByRoute } = readFile(file, true);
  return { name: basename(file), recorded: profile, requestsByRoute };
}

/** Route by route: the API sums those it is asked for. */
async function readServer(client: ProfilerClient): Promise<SavedProfile> {
  const { routes } = (await client.getJson('api/v1/routes')) as RoutesAnswer;
  const builder = new CallTreeBuilder();
  const all = (await client.getJson('api/v1/profile')) as Profile;
  for (const { route } of routes) {
    const profile = (await client.getJson(`api/v1/profile?${new URLSearchParams({ route })}`)) as Profile;
    const below = builder.child(ROOT, builder.addFunction(routeFunction(route)));
    mergeInto(builder, profile, below);
  }
  const recorded = builder.build({ ...all, routes: routes.map(({ route }) => route) });
  return {
    name: client.url,
    recorded,
    requestsByRoute: new Map(routes.map(({ route, requests }) => [route, requests])),
  };
}

/** Two files of one name in different folders stay two. */
function uniquelyNamed(profiles: readonly SavedProfile[]): SavedProfile[] {
  const seen = new Map<string, number>();
  return profiles.map((profile) => {
    const count = (seen.get(profile.name) ?? 0) + 1;
    seen.set(profile.name, count);
    return count === 1 ? profile : { ...profile, name: `${profile.name} (${count})` };
  });
}
