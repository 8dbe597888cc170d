/** Reads the INI file's options: finds the file, its section, and says what in them cannot be used. */

import { resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { CONFIG_VARIABLE } from './environment.ts';
import type { Given, GivenOptions } from './given.ts';
import { addUnknownKey } from './given.ts';
import type { IniFile } from './ini.ts';
import { parseIni } from './ini.ts';
import { InterpolationError } from './interpolate.ts';
import { OPTION_NAMES, OPTIONS } from './option-table.ts';
import type { ProblemList } from './problem.ts';
import { shown } from './problem.ts';
import type { ProfilerSection } from './profiler-section.ts';
import { profilerSection } from './profiler-section.ts';
import { MAX_CONFIG_BYTES } from './read-config-file.ts';

const DEFAULT_FILE = 'profiler.ini';

interface FileOptions {
  readonly given: GivenOptions;
  /** Whether they come from a section for repoze.profile. */
  readonly repoze: boolean;
}

const NOTHING: FileOptions = { given: new Map(), repoze: false };

/** @param readFile returns the file's text or throws an error with a `code`, as node:fs does. */
export function fileOptions(
  environment: Environment,
  cwd: string,
  readFile: (path: string) => string,
  problems: ProblemList,
): FileOptions {
  const named = environment[CONFIG_VARIABLE]?.trim();
  const path = resolve(cwd, named || DEFAULT_FILE);
  const text = readText(path, !named, readFile, problems);
  if (text === null) return NOTHING;

  const file = parseIni(text);
  const section = profilerSection(file, path);
  addFileProblems(file, section, path, problems);
  return section ? { given: sectionOptions(section, path, problems), repoze: section.repoze } : NOTHING;
}

function readText(
  path: string,
  optional: boolean,
  readFile: (path: string) => string,
  problems: ProblemList,
): string | null {
  let reason: string;
  try {
    const text = readFile(path);
    if (text.length <= MAX_CONFIG_BYTES && !text.includes('\0')) return text;
    reason = text.includes('\0') ? 'it is not UTF-8 text' : `it is larger than ${MAX_CONFIG_BYTES} bytes`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (optional && (code === 'ENOENT' || code === 'ENOTDIR')) return null;
    reason = code === 'ENOENT' ? 'there is no such file' : error instanceof Error ? error.message : String(error);
  }
  const advice = optional ? '' : `. Check ${CONFIG_VARIABLE}`;
  problems.add('PROFILER_E_CONFIG_FILE', { file: path }, () => `cannot be read, ${reason}${advice}`);
  return null;
}

function sectionOptions(section: ProfilerSection, file: string, problems: ProblemList): GivenOptions {
  const given = new Map<string, Given>();
  const options = new Map(OPTION_NAMES.map((name) => [OPTIONS[name].key, OPTIONS[name]]));
  const keys = [...options.keys()];
  const lines = new Map<string, number>();
  for (const entry of section.entries) {
    const { key, line } = entry;
    const place = { file, line, key };
    const option = options.get(key);
    if (!option) {
      addUnknownKey(problems, place, key, keys);
      continue;
    }
    const earlier = lines.get(key);
    lines.set(key, line);
    if (earlier !== undefined) {
      const text = (): string => `${key} stands on line ${earlier} already; this later value is used`;
      problems.add('PROFILER_E_CONFIG_SYNTAX', place, text);
    }
    given.delete(key);
    try {
      const text = section.valueOf(entry).trim();
      if (text !== '') given.set(key, { text, source: 'ini', place });
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      const cause = option.secret ? 'holds a %(reference)s that cannot be replaced' : error.message;
      const text = (): string => `the value of ${key} ${cause}. Accepted: ${option.accepted}`;
      problems.add('PROFILER_E_CONFIG_VALUE', place, text, option.accepted);
    }
  }
  return given;
}

/** Only what concerns the profiler: the rest of a Paste file is another program's. */
function addFileProblems(file: IniFile, section: ProfilerSection | null, path: string, problems: ProblemList): void {
  for (const { line, section: name, reason } of file.faults) {
    // A broken header counts wherever it is: it may have been meant to end or to open our section.
    if (reason !== 'not a section header' && name !== section?.name) continue;
    const text = (): string =>
      `${reason}. Accepted: [section], key = value, or a comment on a line of its own after # or ;`;
    problems.add('PROFILER_E_CONFIG_SYNTAX', { file: path, line }, text);
  }
  const headless = file.sections.find(({ name }) => name === '')?.entries[0];
  if (headless && section?.name !== '') {
    const text = (): string =>
      `${shown(headless.key)} stands before any section and is not read. Put [profiler] above it`;
    problems.add('PROFILER_E_CONFIG_SYNTAX', { file: path, line: headless.line, key: headless.key }, text);
  } else if (!section) {
    const text = (): string => 'has neither a section [profiler] nor one with use = egg:repoze.profile; it is not used';
    problems.add('PROFILER_E_CONFIG_FILE', { file: path }, text);
  }
}
