/** One flag per option of the configuration, made from its table: `--interval-ms 5` is PROFILER_INTERVAL_MS=5 for the child. */

import { type Command, Option as Flag, Help } from 'commander';
import { defaultText } from '../config/default-text.ts';
import { CONFIG_VARIABLE, environmentKey } from '../config/environment.ts';
import { OPTION_NAMES, OPTIONS } from '../config/option-table.ts';
import type { Option } from '../config/options.ts';
import { CliFailure } from './failure.ts';

const HEADING = 'Options of the profiler, stronger than the environment and the INI file:';
const CONFIG_DOC = 'INI file with these options (default: ./profiler.ini if there is one)';

/** A row of the table, whatever its values are. */
type AnyOption = Option<unknown>;

export function addOptionFlags(command: Command): void {
  command.addOption(new Flag('--config <file>', CONFIG_DOC).helpGroup(HEADING));
  for (const name of OPTION_NAMES) {
    for (const flag of flagsOf(OPTIONS[name])) command.addOption(flag.helpGroup(HEADING));
  }
  command.configureHelp({ optionTerm });
}

/**
 * @param values what commander has parsed, by attribute name.
 * @returns environment variables for the flags that were given. @throws CliFailure for a value that is not accepted
 */
export function flagEnvironment(values: Readonly<Record<string, unknown>>, cwd: string): Record<string, string> {
  const env: Record<string, string> = {};
  if (typeof values['config'] === 'string') env[CONFIG_VARIABLE] = values['config'];
  for (const name of OPTION_NAMES) {
    const option: AnyOption = OPTIONS[name];
    const value = values[name];
    if (typeof value !== 'string' && typeof value !== 'boolean') continue;
    const text = String(value).trim();
    if (text !== '' && option.parse(text, { cwd }) === undefined) {
      const written = option.secret === undefined ? `${flagOf(option)} ${text}` : `the value of ${flagOf(option)}`;
      throw new CliFailure('PROFILER_E_USAGE', `${written} is not accepted. Accepted: ${option.accepted}`);
    }
    env[environmentKey(option.key)] = text;
  }
  return env;
}

function flagsOf(option: AnyOption): Flag[] {
  const flag = flagOf(option);
  const standard = option.unsetMeans ?? defaultText(option);
  const ending = standard === null ? '' : ` (default: ${standard})`;
  if (!isSwitch(option)) return [new Flag(`${flag} <value>`, `${option.doc}: ${option.accepted}${ending}`)];
  return [new Flag(flag, `${option.doc}${ending}`), new Flag(flag.replace('--', '--no-')).hideHelp()];
}

function flagOf({ key }: Pick<AnyOption, 'key'>): string {
  return `--${key.replaceAll('_', '-')}`;
}

/** Whether the option is switched rather than given a value. */
function isSwitch(option: Pick<AnyOption, 'default'>): boolean {
  return typeof option.default === 'boolean';
}

/** A switch can be turned either way, whatever the environment and the INI file say. */
function optionTerm(flag: Flag): string {
  const isOurs = flag.helpGroupHeading === HEADING && flag.isBoolean();
  return isOurs ? flag.flags.replace('--', '--[no-]') : Help.prototype.optionTerm(flag);
}
