/** Entry of the agent's bundle: reads the configuration and starts the agent, unless the configuration says no. */

import { Agent, type AgentInput } from './agent.ts';
import { readEnvironment } from './config/environment.ts';
import { loadOptions } from './config/load.ts';
import { readConfigFile } from './config/read-config-file.ts';
import { logLine } from './host/log.ts';

/** What the preload knows. */
export type StartInput = Omit<AgentInput, 'options' | 'problems'>;

/** @returns null when `enabled` is false. */
export function startAgent(input: StartInput): Agent | null {
  const { options, problems } = loadOptions({
    env: readEnvironment(),
    cwd: input.startDirectory,
    readFile: readConfigFile,
  });
  for (const problem of problems) logLine(problem.message);
  if (!options.enabled) return null;
  return new Agent({ ...input, options, problems: problems.map((problem) => problem.message) });
}
