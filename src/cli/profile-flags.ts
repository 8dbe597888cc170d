/** Flags that commands which read a profile have in common. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { METRICS, type Metric } from '../profile/profile.ts';
import type { ProfileQuery } from './read-profile.ts';

export interface ProfileFlags {
  readonly metric: Metric;
  readonly route?: readonly string[];
  readonly token?: string;
}

export const SOURCE_HELP =
  'a pprof file or .cpuprofile (- for stdin), the folder of a run (profiler runs), or the URL of a running server or of its profiler; 3000 is http://localhost:3000';

export const TOKEN_FLAG = [
  '--token <secret>',
  'for access = token (default: PROFILER_TOKEN, which other users cannot see)',
] as const;

export function addProfileFlags(command: Command): void {
  command
    .addOption(new Option('--metric <name>', 'which time').choices(METRICS).default('cpu'))
    .option('--route <route>', "only this route, such as 'GET /users/:id'; may be repeated (not for files)", append)
    .option(...TOKEN_FLAG);
}

export function profileQuery({ route, token }: ProfileFlags): ProfileQuery {
  return { routes: route ?? [], token: tokenOf(token) };
}

export function tokenOf(flag: string | undefined): string | undefined {
  return flag ?? (readEnvironment()['PROFILER_TOKEN'] || undefined);
}

/** Parses a flag's value as a whole number of at least 1. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.');
  return Number(text);
}

function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
