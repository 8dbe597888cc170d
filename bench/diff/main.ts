/**
 * `npm run bench:diff [-- --trials 20 --planted 1.1]`: does `profiler diff` find what was planted, and nothing where nothing was? Each trial
 * starts a server three times over, again and again: twice the same, once with `rankBySimilarity` a tenth slower. The server's own clock says
 * what is true of each function. Needs a build.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DiffRow, ProfileDiff } from '../../src/profile/diff.ts';
import { runCli } from '../../test/helpers/cli.ts';
import { runTrial, type TrialSide } from '../../test/helpers/diff-trial.ts';

const PLANTED_FUNCTION = 'rankBySimilarity';
/** What calls it: its time is theirs as well. */
const CALLERS = [
  'search',
  '(anonymous)',
  'emit',
  'parserOnIncoming',
  'parserOnHeadersComplete',
  'onParserExecuteCommon',
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '20' },
      planted: { type: 'string', default: '1.1' },
      starts: { type: 'string', default: '16' },
      requests: { type: 'string', default: '4000' },
      keep: { type: 'boolean', default: false },
    },
  });
  const trials = Number(values.trials);
  let found = 0;
  let silent = 0;
  let alone = 0;
  for (let trial = 1; trial <= trials; trial++) {
    const directory = mkdtempSync(join(tmpdir(), 'profiler-diff-'));
    try {
      const { baseline, same, planted } = await runTrial(directory, {
        planted: Number(values.planted),
        starts: Number(values.starts),
        requests: Number(values.requests),
        warmup: 1000,
      });
      const slower = await diffOf(baseline.folder, planted.folder);
      const twice = await diffOf(baseline.folder, same.folder);
      const row = slower.rows.find(({ info }) => info.name === PLANTED_FUNCTION);
      const others = changed(slower).filter(({ info }) => ![PLANTED_FUNCTION, ...CALLERS].includes(info.name));
      if (row?.verdict === 'slower') found++;
      if (others.length === 0) alone++;
      if (changed(twice).length === 0 && twice.all.verdict === 'same') silent++;
      console.log(
        `${trial}: planted ${row ? textOf(row, baseline, planted) : 'not seen'}: ${row?.verdict}; ` +
          `others ${names(others, baseline, planted)}; same program: ${names(changed(twice), baseline, same)}, ` +
          `all ${percent(twice.all.delta / twice.all.before)} (${twice.all.verdict})`,
      );
    } finally {
      if (values.keep) console.log(directory);
      else rmSync(directory, { recursive: true });
    }
  }
  console.log(`a planted change of x ${values.planted} found in ${found} of ${trials}, and nothing else in ${alone}`);
  console.log(`the same program twice: nothing reported in ${silent} of ${trials}`);
  if (found < trials || silent < trials) process.exitCode = 1;
}

async function diffOf(before: string, after: string): Promise<ProfileDiff> {
  const { code, stdout, stderr } = await runCli(['diff', before, after, '--format', 'json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ProfileDiff;
}

function changed({ rows }: ProfileDiff): DiffRow[] {
  return rows.filter(({ verdict }) => verdict !== 'same');
}

function names(rows: readonly DiffRow[], before: TrialSide, after: TrialSide): string {
  return rows.length === 0 ? 'nothing' : rows.map((row) => `${row.info.name} ${textOf(row, before, after)}`).join(', ');
}

function textOf({ info, self }: DiffRow, before: TrialSide, after: TrialSide): string {
  const [old, now] = [before, after].map(({ spentMs }) =>
    spentMs.reduce((sum, start) => sum + (start[info.name] ?? 0), 0),
  ) as [number, number];
  const clock = old > 0 ? `, by the clock ${percent(now / old - 1)}` : '';
  return `${percent(self.delta / self.before)}${clock} (p ${self.p.toExponential(0)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

await main();
