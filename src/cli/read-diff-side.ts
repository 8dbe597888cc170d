/** Gets one side of a comparison: a file, a folder of files as its slices, or a run or running server with its slices of time. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SlicesAnswer } from '../api/types.ts';
import { PROFILE_FILE } from '../export/read-profile-file.ts';
import { type DiffSide, sideOfSlices } from '../profile/diff.ts';
import { sliceProfile } from '../store/slice-profile.ts';
import { parseAddress } from './address.ts';
import { CliFailure, messageOf } from './failure.ts';
import { ProfilerClient } from './profiler-client.ts';
import { type ProfileQuery, readProfile, routeQuery } from './read-profile.ts';
import { readRun, wantedRoutes } from './read-run.ts';

/** @throws CliFailure */
export async function readDiffSide(from: string, query: ProfileQuery): Promise<DiffSide> {
  const address = from === '-' ? null : parseAddress(from);
  if (address) {
    const profile = await readProfile(from, query);
    const { client } = await ProfilerClient.find(address, query.token);
    const { slices } = (await client.getJson(`api/v1/slices?${routeQuery(query)}`)) as SlicesAnswer;
    return { profile, slices };
  }
  if (!statSync(from, { throwIfNoEntry: false })?.isDirectory())
    return { profile: await readProfile(from, query), slices: [] };
  const run = await readRun(from);
  if (run) {
    const wanted = wantedRoutes(run, query.routes);
    const slices = await run.slices();
    return { profile: sliceProfile(run.whole, wanted), slices: slices.map((slice) => sliceProfile(slice, wanted)) };
  }
  const files = profileFilesIn(from);
  if (files.length === 0)
    throw new CliFailure('PROFILER_E_FILE', `${from} has no profile in it: no .pb.gz, .pprof or .cpuprofile`);
  const slices = [];
  for (const file of files) slices.push(await readProfile(file, query));
  return sideOfSlices(slices);
}

/** @returns the profiles of a folder, not of folders in it, by name. @throws CliFailure */
export function profileFilesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => PROFILE_FILE.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    throw new CliFailure('PROFILER_E_FILE', `${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
