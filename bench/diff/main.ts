/**
 * `npm run bench:diff [-- --trials 20 --planted 1.1]`: does `profiler diff` find what was planted, and nothing where nothing was? Each trial
 * starts a server three times: twice the same, once with `rankBySimilarity` a tenth slower. Needs a build.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DiffRow, ProfileDiff } from '../../src/profile/diff.ts';
import { runCli } from '../../test/helpers/cli.ts';
import { runTrial } from '../../test/helpers/diff-trial.ts';

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
      rounds: { type: 'string', default: '110' },
      requests: { type: 'string', default: '400' },
    },
  });
  const trials = Number(values.trials);
  let found = 0;
  let silent = 0;
  let alone = 0;
  for (let trial = 1; trial <= trials; trial++) {
    const directory = mkdtempSync(join(tmpdir(), 'profiler-diff-'));
    try {
      const folders = await runTrial(directory, {
        planted: Number(values.planted),
        rounds: Number(values.rounds),
        requests: Number(values.requests),
        warmup: 2000,
      });
      const [planted, same] = [
        await diffOf(folders.baseline, folders.planted),
        await diffOf(folders.baseline, folders.same),
      ];
      const row = planted.rows.find(({ info }) => info.name === PLANTED_FUNCTION);
      const others = changed(planted).filter(({ info }) => ![PLANTED_FUNCTION, ...CALLERS].includes(info.name));
      if (row?.verdict === 'slower') found++;
      if (others.length === 0) alone++;
      if (changed(same).length === 0 && same.all.verdict === 'same') silent++;
      console.log(
        `${trial}: planted ${textOf(row)}, ${row?.verdict ?? 'not seen'}; others ${names(others)}; ` +
          `same program: ${names(changed(same))}, all ${percent(same.all.delta, same.all.before)} (${same.all.verdict})`,
      );
    } finally {
      rmSync(directory, { recursive: true });
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

function names(rows: readonly DiffRow[]): string {
  return rows.length === 0 ? 'nothing' : rows.map((row) => `${row.info.name} ${textOf(row)}`).join(', ');
}

function textOf(row: DiffRow | undefined): string {
  return row ? `${percent(row.self.delta, row.self.before)} (p ${row.self.p.toExponential(0)})` : '-';
}

function percent(delta: number, before: number): string {
  return `${((delta / before) * 100).toFixed(1)} %`;
}

await main();
