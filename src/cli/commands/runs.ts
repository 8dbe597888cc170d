/** `profiler runs`: what is kept on this machine, also of servers that do not run. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { printable } from '../../profile/printable.ts';
import type { RunSummary } from '../../store/contract.ts';
import { namesIn, realFiles } from '../../store/files.ts';
import { defaultFolder } from '../../store/open-store.ts';
import { RunFolder } from '../../store/run-folder.ts';
import { summaryOf } from '../../store/run-summary.ts';
import { CliFailure, messageOf } from '../failure.ts';
import { note, writeOutput } from '../output.ts';

const HELP = `
The newest first. A run's folder is what view, stats, export and diff take:
  profiler view $(profiler runs | awk 'NR == 2 { print $NF }')`;

interface FoundRun extends RunSummary {
  readonly folder: string;
}

export function addRunsCommand(program: Command): void {
  program
    .command('runs')
    .description('list the recorded runs')
    .argument(
      '[folder]',
      'the data_dir of the servers (default: PROFILER_DATA_DIR, else the one in the temporary folder)',
    )
    .addHelpText('after', HELP)
    .action(listRuns);
}

async function listRuns(named: string | undefined): Promise<void> {
  const base = named ?? (readEnvironment()['PROFILER_DATA_DIR'] || defaultFolder(tmpdir()));
  let runs: FoundRun[];
  try {
    runs = runsIn(base);
  } catch (error) {
    throw new CliFailure('PROFILER_E_FILE', `${base} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (runs.length === 0) {
    note(`there is no run in ${base}`);
    return;
  }
  const rows = runs
    .sort((a, b) => b.startedAt - a.startedAt)
    .map(({ startedAt, endedAt, processes, requests, app, folder }) => {
      const start = new Date(startedAt).toISOString().replace(/\..*/, 'Z');
      const length = endedAt === null ? 'runs' : `${Math.round((endedAt - startedAt) / 1000)} s`;
      return [start, length, String(processes.length), String(requests), printable(app), printable(folder)];
    });
  await writeOutput(table([['started', 'length', 'processes', 'requests', 'app', 'folder'], ...rows]));
}

/** An app's folder holds its runs. @throws what the system says */
function runsIn(base: string): FoundRun[] {
  return namesIn(realFiles, base).flatMap((app) => {
    const apps = join(base, app);
    return foldersIn(apps).flatMap((name): FoundRun[] => {
      const folder = new RunFolder(realFiles, join(apps, name));
      const run = folder.run();
      return run ? [{ ...summaryOf(folder, run, false), folder: folder.path }] : [];
    });
  });
}

function foldersIn(folder: string): string[] {
  return realFiles.statSync(folder).isDirectory() ? namesIn(realFiles, folder) : [];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
