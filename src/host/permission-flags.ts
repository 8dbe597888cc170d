/**
 * The flags of the host's permission model (https://nodejs.org/api/permissions.html), for threads of ours: one that is started with flags of
 * its own would else be free of it, and write where the host may not.
 */

const PERMISSION = /^--(?:experimental-)?permission$/;
const ALLOW = /^--allow-[\w-]+(?:=|$)/;
const TAKES_VALUE = /^--allow-fs-(?:read|write)$/;
/** Words of NODE_OPTIONS: between blanks, with double quotes around what holds some. */
const WORDS = /(?:[^\s"]|"(?:\\.|[^"\\])*")+/g;

/** @param nodeOptions the variable's text. @returns none where the host runs without the permission model. */
export function permissionFlags(execArgv: readonly string[], nodeOptions: string): string[] {
  const words = nodeOptions.match(WORDS) ?? [];
  const args = [...words.map((word) => word.replace(/\\(.)|"/g, '$1')), ...execArgv];
  const flags = args.flatMap((arg, at) => {
    if (TAKES_VALUE.test(arg)) return [`${arg}=${args[at + 1] ?? ''}`];
    return PERMISSION.test(arg) || ALLOW.test(arg) ? [arg] : [];
  });
  return flags.some((flag) => PERMISSION.test(flag)) ? flags : [];
}
