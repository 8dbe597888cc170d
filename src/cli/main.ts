#!/usr/bin/env node
/** Entry of the `profiler` command: the list of commands, and how they end. */

import { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { parseBoolean } from '../config/parse/scalar.ts';
import { VERSION } from '../version.ts';
import { addCaptureCommand } from './commands/capture.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addEnvCommand } from './commands/env.ts';
import { addExportCommand } from './commands/export.ts';
import { addRunCommand } from './commands/run.ts';
import { addRunsCommand } from './commands/runs.ts';
import { addStatsCommand } from './commands/stats.ts';
import { addViewCommand } from './commands/view.ts';
import { endingOf } from './failure.ts';
import { endWithReader } from './output.ts';

const DESCRIPTION = 'Profiles any Node.js server without touching its code.';
const EXAMPLES = `
Examples:
  profiler run server.js                          then open the URL it prints
  profiler stats http://localhost:3000 --limit 20
  profiler export http://localhost:3000 --format speedscope --output profile.speedscope.json
  profiler capture --calls 10s http://localhost:3000
  eval "$(profiler env)"; npm start

profiler <command> --help says more about a command.`;

async function main(): Promise<void> {
  endWithReader();
  const program = new Command('profiler')
    .description(DESCRIPTION)
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .exitOverride()
    // Said once, by endingOf.
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', EXAMPLES);
  for (const add of [
    addRunCommand,
    addStatsCommand,
    addExportCommand,
    addDiffCommand,
    addViewCommand,
    addCaptureCommand,
    addRunsCommand,
    addEnvCommand,
  ])
    add(program);
  try {
    await program.parseAsync();
  } catch (error) {
    const debug = parseBoolean(readEnvironment()['PROFILER_DEBUG'] ?? '') ?? false;
    const command = program.commands.find((candidate) => candidate.name() === process.argv[2]);
    const { exitCode, text } = endingOf(error, {
      debug,
      help: `profiler ${command ? `${command.name()} ` : ''}--help`,
    });
    process.exitCode = exitCode;
    process.stderr.write(text);
  }
}

void main();
