/** `profiler run`: starts a server under the agent and stands aside. */

import type { Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { endLike, runChild } from '../child.ts';
import { CliFailure } from '../failure.ts';
import { nodeOptionsWithAgent } from '../node-options.ts';
import { addOptionFlags, flagEnvironment } from '../option-flags.ts';
import { REGISTER_URL } from '../own-files.ts';
import { type RunTarget, runTarget, scriptNamedLike } from '../run-target.ts';

const EXAMPLES = `
Examples:
  profiler run server.js --port 3000        a script, with its own arguments
  profiler run --interval-ms 5 server.js    the profiler's options come before it
  profiler run node --inspect server.js     with flags for Node.js
  profiler run npm start                    any program that starts Node.js
  profiler run npx json-server db.json

The URL of the profile is printed once the server listens.`;

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('start a server under the profiler')
    .argument('<script...>', 'a script for Node.js, or any program, and then its own arguments')
    .passThroughOptions()
    .option('--node <path>', 'the Node.js to run scripts with (default: the one running this command)')
    .addHelpText('after', EXAMPLES)
    .action(run);
  addOptionFlags(command);
}

async function run(words: string[], values: Record<string, unknown>): Promise<void> {
  const cwd = process.cwd();
  const env = { ...readEnvironment(), ...flagEnvironment(values, cwd) };
  const target = runTarget(words, cwd);
  const node = typeof values['node'] === 'string' ? values['node'] : undefined;
  endLike(await start(target, env, node).catch((error: unknown) => Promise.reject(withHint(error, target, cwd))));
}

function start(
  target: RunTarget,
  env: Record<string, string | undefined>,
  node: string | undefined,
): ReturnType<typeof runChild> {
  if (target.kind === 'node') {
    // As a flag, not in NODE_OPTIONS: cluster workers and forks inherit it, programs that the server happens to start do not.
    return runChild({
      program: node ?? target.node ?? process.execPath,
      args: ['--import', REGISTER_URL, ...target.args],
      env,
    });
  }
  if (node !== undefined)
    throw new CliFailure(
      'PROFILER_E_USAGE',
      `--node is for scripts, and ${target.program} is a program that chooses its own`,
    );
  return runChild({ ...target, env: { ...env, NODE_OPTIONS: nodeOptionsWithAgent(env['NODE_OPTIONS']) } });
}

/** A program that is not there is often a script whose ending was left out. */
function withHint(error: unknown, target: RunTarget, cwd: string): unknown {
  if (!(error instanceof CliFailure) || error.code !== 'PROFILER_E_SPAWN' || target.kind === 'node') return error;
  const script = scriptNamedLike(target.program, cwd);
  const advice =
    script === null
      ? `Name a script, a program on PATH, or try: profiler run npx ${target.program}`
      : `Did you mean ${script}?`;
  return new CliFailure(error.code, `${error.message}. ${advice}`, { cause: error });
}
