/** Reads what a package says about its tests. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function readManifest(folder: string): Manifest {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}

/** @returns the arguments that a package's `test` script gives to a program, null where it does not call it. */
export function testArguments(folder: string, program: string): string[] | null {
  const words = (readManifest(folder).scripts?.['test'] ?? '').split(/\s+/);
  const at = words.indexOf(program);
  if (at < 0) return null;
  const end = words.findIndex((word, index) => index > at && /^(&&|\|\||;)$/.test(word));
  return words.slice(at + 1, end < 0 ? undefined : end).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** @returns the script behind a package's command, so that a given Node.js can run it. */
export function binScript(folder: string, packageName: string): string {
  const home = join(folder, 'node_modules', packageName);
  const { bin } = readManifest(home);
  const script = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0];
  if (script === undefined) throw new Error(`${packageName} is not installed in ${folder}: run npm install there`);
  return join(home, script);
}

/** Removes options from a list of arguments. @param valued those that take a value. */
export function withoutOptions(args: readonly string[], valued: readonly string[], plain: readonly string[]): string[] {
  return args.filter((arg, at) => {
    const isValue = valued.includes(args[at - 1] ?? '');
    return (
      !isValue &&
      !valued.includes(arg) &&
      !plain.includes(arg) &&
      !valued.some((option) => arg.startsWith(`${option}=`))
    );
  });
}
