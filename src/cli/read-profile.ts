/** Gets a profile from a file, a run's folder or a running server: both in the one model, so that every command shows them alike. */

import { readFileSync } from 'node:fs';
import type { Profile } from '../api/types.ts';
import { readProfileFile } from '../export/read-profile-file.ts';
import { sliceProfile } from '../store/slice-profile.ts';
import { type Address, parseAddress } from './address.ts';
import { CliFailure, messageOf } from './failure.ts';
import { note } from './output.ts';
import { ProfilerClient } from './profiler-client.ts';
import { waitWithProgress } from './progress.ts';
import { readRun, wantedRoutes } from './read-run.ts';

export interface ProfileQuery {
  readonly token: string | undefined;
  /** None: all. Not for files. */
  readonly routes: readonly string[];
  /** Only what is recorded from now on, this long. Only for URLs. */
  readonly seconds?: number;
}

/** @param from a pprof file or a .cpuprofile, a run's folder, `-` for stdin, or a server's or profiler's URL. @throws CliFailure */
export async function readProfile(from: string, query: ProfileQuery): Promise<Profile> {
  const address = from === '-' ? null : parseAddress(from);
  if (address) return readRunning(address, query);
  if (query.seconds !== undefined)
    throw new CliFailure('PROFILER_E_USAGE', '--seconds is for URLs: a file records nothing more');
  const run = from === '-' ? null : await readRun(from);
  if (run) return sliceProfile(run.whole, wantedRoutes(run, query.routes));
  if (query.routes.length > 0)
    throw new CliFailure(
      'PROFILER_E_USAGE',
      '--route is for URLs and runs: a file holds one profile, its routes summed',
    );
  return readFile(from);
}

function readFile(file: string): Profile {
  const name = file === '-' ? 'stdin' : file;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = missing ? 'there is no such file. A URL starts with http://' : messageOf(error);
    throw new CliFailure('PROFILER_E_FILE', `${name} cannot be read: ${reason}`, { cause: error });
  }
  try {
    return readProfileFile(bytes);
  } catch (error) {
    throw new CliFailure(
      'PROFILER_E_PROFILE',
      `${name} is ${messageOf(error)}. Give a file that log_filename or --format pprof wrote`,
      { cause: error },
    );
  }
}

/** The part of the API's selection that a query stands for. */
export function routeQuery({ routes }: Pick<ProfileQuery, 'routes'>): URLSearchParams {
  return new URLSearchParams(routes.map((route): [string, string] => ['route', route]));
}

async function readRunning(address: Address, query: ProfileQuery): Promise<Profile> {
  const { token, seconds } = query;
  const { client, status } = await ProfilerClient.find(address, token);
  for (const problem of status.problems) note(problem);
  if (!status.sampling.recording) note('recording is off');
  const wanted = routeQuery(query);
  if (seconds !== undefined) {
    // The server's clock decides, not ours.
    const { window } = await fetchProfile(client, new URLSearchParams());
    await waitWithProgress(seconds, `recording ${client.url}`);
    wanted.set('from', String(window.to));
  }
  const profile = await fetchProfile(client, wanted);
  if (profile.requests === 0) note('no request has ended: send the server some traffic');
  return profile;
}

async function fetchProfile(client: ProfilerClient, query: URLSearchParams): Promise<Profile> {
  const value = (await client.getJson(`api/v1/profile?${query}`)) as Partial<Profile> | null;
  if (value?.version === 1 && value.window && Array.isArray(value.functions) && Array.isArray(value.nodes?.parent))
    return value as Profile;
  throw new CliFailure(
    'PROFILER_E_ANSWER',
    `${client.url} answers with another version of the profile. Use the same version of this command`,
  );
}
