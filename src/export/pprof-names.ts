/**
 * How our functions are named in pprof, where tools add up what has the same name, and how they are recognised again: whatever the
 * readable name does not tell goes into `system_name`.
 */

import { type Classification, classify } from '../profile/category.ts';
import { shortFile } from '../profile/display-name.ts';
import type { Category, FunctionInfo } from '../profile/profile.ts';

const ANONYMOUS = '(anonymous)';
const CATEGORIES: readonly Category[] = ['app', 'package', 'node', 'native', 'gc', 'wait', 'idle'];

type Place = Pick<FunctionInfo, 'file' | 'line' | 'column'>;

/** The function's own name; with its place where it has none: `(anonymous server.js:12:5)`. */
export function pprofName({ name, file, line, column }: FunctionInfo): string {
  if (name !== ANONYMOUS || file === '') return name;
  const place = line > 0 ? `:${line}${column > 0 ? `:${column}` : ''}` : '';
  return `(anonymous ${shortFile(file)}${place})`;
}

/**
 * @returns '' for most: an equal system_name would let `go tool pprof` take `[Symbol.iterator]` or `<computed>` for C++ and cut it.
 * The true name of anonymous functions, and a category that does not follow from file and name: `wait SELECT`, `package pg: query`.
 */
export function pprofSystemName(info: FunctionInfo): string {
  const derived = classify(info.file, info.name);
  if (derived.category !== info.category || derived.package !== info.package) {
    return `${info.category} ${info.package ?? ''}: ${info.name}`;
  }
  return pprofName(info) === info.name ? '' : info.name;
}

/** The inverse of both. A foreign system_name (mangled C++, say) does not lead back to the name and is ignored. */
export function fromPprofNames(name: string, systemName: string, place: Place): FunctionInfo {
  const recognised = [qualified(systemName, place), plain(systemName, place)].find(
    (info) => info !== null && pprofName(info) === name && pprofSystemName(info) === systemName,
  );
  return recognised ?? { name: name === '' ? ANONYMOUS : name, ...place, ...classify(place.file, name) };
}

function plain(name: string, place: Place): FunctionInfo {
  return { name, ...place, ...classify(place.file, name) };
}

function qualified(systemName: string, place: Place): FunctionInfo | null {
  const match = /^([a-z]+) ([^:\s]*): (.*)$/s.exec(systemName);
  const category = CATEGORIES.find((known) => known === match?.[1]);
  if (match === null || category === undefined) return null;
  const [, , packageName = '', name = ''] = match;
  const classification: Classification = packageName === '' ? { category } : { category, package: packageName };
  return { name, ...place, ...classification };
}
