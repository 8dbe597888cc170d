/** `profiler stats`: the text table of a file or a running server. */

import { type Command, Option } from 'commander';
import { type PstatsParams, renderPstats, STATS_MODES, STATS_SORTS } from '../../export/pstats-text.ts';
import { writeOutput } from '../output.ts';
import { addProfileFlags, type ProfileFlags, positiveInteger, profileQuery, SOURCE_HELP } from '../profile-flags.ts';
import { readProfile } from '../read-profile.ts';

/** As in the UI's own table. */
const DEFAULT_LIMIT = 60;
const EXAMPLES = `
Examples:
  profiler stats http://localhost:3000
  profiler stats localhost:3000 --sort cumulative --limit 20 --route 'GET /users/:id'
  profiler stats profile.pb.gz --mode callers --filename routes/
  curl -s http://localhost:6060/debug/pprof/profile?seconds=10 | profiler stats -`;

type StatsFlags = ProfileFlags & Omit<PstatsParams, 'fulldirs'> & { readonly fulldirs?: true };

export function addStatsCommand(program: Command): void {
  const command = program
    .command('stats')
    .description("print a profile as a table like Python's pstats")
    .argument('<file|url>', SOURCE_HELP)
    .addOption(new Option('--sort <key>', 'order of the rows').choices(STATS_SORTS).default('time'))
    .addOption(
      new Option('--mode <mode>', 'functions, or who called them, or what they called')
        .choices(STATS_MODES)
        .default('stats'),
    )
    .option('--limit <rows>', 'most rows', positiveInteger, DEFAULT_LIMIT)
    .option('--filename <text>', 'only functions of files whose path contains this')
    .option('--fulldirs', 'show files with their folders')
    .addHelpText('after', EXAMPLES)
    .action(printStats);
  addProfileFlags(command);
}

async function printStats(from: string, flags: StatsFlags): Promise<void> {
  const profile = await readProfile(from, profileQuery(flags));
  await writeOutput(renderPstats(profile, { ...flags, fulldirs: flags.fulldirs ?? false }));
}
