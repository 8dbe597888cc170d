/** Gets a profile from a file, a run's folder or a running server: both in the one model, so that every command shows them alike. */

import { readFileSync } from 'node:fs';
import type { Profile } from '../api/types.ts';
import { readRouteRequests } from '../export/read-pprof.ts';
import { readProfileFile } from '../export/read-profile-file.ts';
import { sliceProfile } from '../store/slice-profile.ts';
import { type Address, parseAddress } from './address.ts';
import { CliFailure, messageOf } from './failure.ts';
import { note } from './output.ts';
import { ProfilerClient } from './profiler-client.ts';
import { waitWithProgress } from './progress.ts';
import { readRun, type SavedRun, wantedRoutes } from './read-run.ts';

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
  if (address) return readRunning(await askRunning(address, query));
  const saved = await readSavedSource(from, query);
  return 'run' in saved ? sliceProfile(saved.run.whole, saved.wanted) : readFile(saved.file).profile;
}

/** What is no URL: a run with the wanted routes, or a file. @throws CliFailure */
export async function readSavedSource(
  from: string,
  query: ProfileQuery,
): Promise<{ readonly run: SavedRun; readonly wanted: ReadonlySet<string> | null } | { readonly file: string }> {
  if (query.seconds !== undefined)
    throw new CliFailure('PROFILER_E_USAGE', '--seconds is for URLs: a file records nothing more');
  const run = from === '-' ? null : await readRun(from);
  if (run) return { run, wanted: wantedRoutes(run, query.routes) };
  if (query.routes.length > 0)
    throw new CliFailure(
      'PROFILER_E_USAGE',
      '--route is for URLs and runs: a file holds one profile, its routes summed',
    );
  return { file: from };
}

export interface FileProfile {
  readonly profile: Profile;
  /** Of a pprof file of ours whose routes are kept apart. */
  readonly requestsByRoute: ReadonlyMap<string, number>;
}

/** @param file - is stdin. @param keepRoutes whether the file's routes stay apart, on the first level. @throws CliFailure */
export function readFile(file: string, keepRoutes = false): FileProfile {
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
    const profile = readProfileFile(bytes, { keepRoutes });
    // A .cpuprofile has none.
    const isPprof = profile.run !== '' || profile.routes.length > 0;
    return { profile, requestsByRoute: keepRoutes && isPprof ? readRouteRequests(bytes) : new Map() };
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

export interface Running {
  readonly client: ProfilerClient;
  /** The parameters of the API that select what is asked for. */
  readonly selection: URLSearchParams;
}

/** Waits until what is asked for has been recorded. @throws CliFailure */
export async function askRunning(address: Address, query: ProfileQuery): Promise<Running> {
  const { token, seconds } = query;
  const { client, status } = await ProfilerClient.find(address, token);
  for (const problem of status.problems) note(problem);
  if (!status.sampling.recording) note('recording is off');
  const selection = routeQuery(query);
  if (seconds !== undefined) {
    // The server's clock decides, not ours.
    const { window } = await fetchProfile(client, new URLSearchParams());
    await waitWithProgress(seconds, `recording ${client.url}`);
    selection.set('from', String(window.to));
  }
  return { client, selection };
}

/** @throws CliFailure */
export async function readRunning({ client, selection }: Running): Promise<Profile> {
  const profile = await fetchProfile(client, selection);
  noteIfEmpty(profile);
  return profile;
}

export function noteIfEmpty({ requests }: Profile): void {
  if (requests === 0) note('no request has ended: send the server some traffic');
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
