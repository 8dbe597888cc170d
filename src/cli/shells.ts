/** How shells set an environment variable. */

/** @returns one line that sets `name` for the programs started next, whatever characters `value` holds. */
type SetVariable = (name: string, value: string) => string;

export type ShellName = 'sh' | 'fish' | 'powershell' | 'cmd' | 'none';

export const SHELLS: Readonly<Record<ShellName, SetVariable>> = {
  /** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
  sh: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  /** https://fishshell.com/docs/current/language.html#quotes */
  fish: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}'`,
  /** https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules */
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  /** For the prompt; in a batch file each % of the value has to be doubled. */
  cmd: (name, value) => `set "${name}=${value}"`,
  none: (_name, value) => value,
};

export const SHELL_NAMES = Object.keys(SHELLS) as readonly ShellName[]; // Object.keys forgets the type
