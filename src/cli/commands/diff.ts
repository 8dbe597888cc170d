/** `profiler diff`: what became slower and what faster between two profiles; with --fail-above, a gate for CI. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { diffMarkdown, diffText } from '../../export/diff-report.ts';
import { type Change, DEFAULT_LEAST_CHANGE, diffProfiles, type ProfileDiff } from '../../profile/diff.ts';
import { functionLabel } from '../../profile/display-name.ts';
import { writeFile, writeOutput } from '../output.ts';
import { addProfileFlags, type ProfileFlags, positiveInteger, profileQuery } from '../profile-flags.ts';
import { readDiffSide } from '../read-diff-side.ts';

const DEFAULT_LIMIT = 30;
/** Neither a failure of the command (1) nor a mistake in its use (2). */
const EXIT_SLOWER = 3;
const FORMATS = ['text', 'markdown', 'json'] as const;
const HELP = `
A side is a pprof file or .cpuprofile, a folder of them (the rounds of one measurement, in the order of their names), or the URL
of a running server. Time is compared per request, function by function. What is reported is more than chance, as far as slices of
time tell how much the figures vary by themselves: folders and URLs have slices, single files have none. To find a tenth, start both
versions ten times or more, in turns, and save a file per start: V8 compiles the same program another way at each start.

Exit code: 0, or ${EXIT_SLOWER} where --fail-above finds a slower function; 1 and 2 are failures of the command itself.

Examples:
  profiler diff http://localhost:3000 http://localhost:3001 --route 'GET /search'
  profiler diff before.pb.gz after.pb.gz --format markdown > comment.md
  profiler diff rounds/main rounds/branch --fail-above 5%`;

type DiffFlags = ProfileFlags & {
  readonly format: (typeof FORMATS)[number];
  readonly limit: number;
  readonly output: string;
  readonly failAbove?: number;
};

export function addDiffCommand(program: Command): void {
  const command = program
    .command('diff')
    .description('compare two profiles, function by function')
    .argument('<before>', 'a file, a folder or a URL')
    .argument('<after>', 'likewise')
    .addOption(new Option('-f, --format <format>', 'of the report').choices(FORMATS).default('text'))
    .option(
      '--fail-above <percent>',
      `exit with ${EXIT_SLOWER} if a function, or all, became slower by more: 5%`,
      share,
    )
    .option('--limit <rows>', 'most functions in each list', positiveInteger, DEFAULT_LIMIT)
    .option('-o, --output <file>', 'where to; - is stdout', '-')
    .addHelpText('after', HELP)
    .action(diff);
  addProfileFlags(command);
}

async function diff(from: string, to: string, flags: DiffFlags): Promise<void> {
  const query = profileQuery(flags);
  const before = await readDiffSide(from, query);
  const after = await readDiffSide(to, query);
  const { failAbove } = flags;
  const result = diffProfiles(before, after, {
    metric: flags.metric,
    // A gate below the usual bound has to see what it is asked for.
    ...(failAbove === undefined ? {} : { leastChange: Math.min(failAbove, DEFAULT_LEAST_CHANGE) }),
  });
  const failure = failAbove === undefined ? undefined : failureOf(result, failAbove);
  const options = {
    names: { before: from, after: to },
    limit: flags.limit,
    ...(failure === undefined ? {} : { failure }),
  };
  const report =
    flags.format === 'json'
      ? `${JSON.stringify(failure === undefined ? result : { ...result, failure })}\n`
      : (flags.format === 'markdown' ? diffMarkdown : diffText)(result, options);
  if (flags.output === '-') await writeOutput(report);
  else writeFile(flags.output, Buffer.from(report));
  if (typeof failure === 'string') process.exitCode = EXIT_SLOWER;
}

/** @returns what is too slow, null where nothing is */
function failureOf({ rows, all }: ProfileDiff, failAbove: number): string | null {
  const isOver = ({ verdict, before, delta }: Change): boolean => verdict === 'slower' && delta > failAbove * before;
  // Those that are slower themselves first, then their callers.
  const own = rows.filter(({ self }) => isOver(self));
  const callers = rows.filter((row) => isOver(row.total) && !own.includes(row));
  const slower = [...own, ...callers].map(({ info }) => functionLabel(info));
  if (all.verdict === 'slower' && all.delta > failAbove * all.before) slower.unshift('all functions together');
  const percent = `${Math.round(failAbove * 1000) / 10}%`;
  return slower.length === 0 ? null : `slower by more than ${percent}: ${slower.slice(0, 5).join(', ')}`;
}

/** Parses `10%` or `10` as 0.1. */
function share(text: string): number {
  const [, number] = /^(\d{1,4}(?:\.\d{1,3})?)%?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Give a percentage such as 5%.');
  return Number(number) / 100;
}
