/** `profiler env`: prints the setting of NODE_OPTIONS that profiles whatever is started next. */

import { type Command, Option } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { nodeOptionsWithAgent } from '../node-options.ts';
import { writeOutput } from '../output.ts';
import { SHELL_NAMES, SHELLS, type ShellName } from '../shells.ts';

const EXAMPLES = `
Examples:
  eval "$(profiler env)"                                       bash, zsh, sh
  profiler env --shell fish | source
  profiler env --shell powershell | Out-String | Invoke-Expression
  docker run -e NODE_OPTIONS="$(profiler env --shell none)" …  where the package has the same path in the image

What NODE_OPTIONS holds now is kept. Every option is an environment variable too: PROFILER_INTERVAL_MS=5.`;

export function addEnvCommand(program: Command): void {
  program
    .command('env')
    .description('print what to put into NODE_OPTIONS')
    .addOption(
      new Option('--shell <name>', 'whose syntax; none prints the bare value').choices(SHELL_NAMES).default('sh'),
    )
    .addHelpText('after', EXAMPLES)
    .action(({ shell }: { shell: ShellName }) => {
      const value = nodeOptionsWithAgent(readEnvironment()['NODE_OPTIONS']);
      return writeOutput(`${SHELLS[shell]('NODE_OPTIONS', value)}\n`);
    });
}
