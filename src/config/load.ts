/** Reads all options, environment > INI file > default. Never throws for what a user wrote: that becomes a problem and the default. */

import { fileOptions } from './config-file.ts';
import { defaultText } from './default-text.ts';
import type { Environment } from './environment.ts';
import { environmentOptions } from './environment.ts';
import type { Given } from './given.ts';
import { OPTION_NAMES, OPTIONS } from './option-table.ts';
import type { Option, OptionName, Options, OptionValue } from './options.ts';
import type { Problem } from './problem.ts';
import { ProblemList, shown } from './problem.ts';

type OptionSource = 'env' | 'ini' | 'default';

interface LoadInput {
  readonly env: Environment;
  /** Absolute. */
  readonly cwd: string;
  /** Returns the file's text or throws an error with a `code`: `readConfigFile`, or a test's own. */
  readonly readFile: (path: string) => string;
}

export interface LoadedOptions {
  /** Frozen to the last member. */
  readonly options: Options;
  /** In the order environment, file, values; bounded in number. */
  readonly problems: readonly Problem[];
  /** Where each value in use comes from; a refused value counts as `default`. */
  readonly sources: Readonly<Record<OptionName, OptionSource>>;
}

type Draft = { -readonly [Name in OptionName]?: Options[Name] };
type SourceDraft = { [Name in OptionName]?: OptionSource };

// Bounds the parsers' work; the longest sensible value is a list of headers.
const MAX_VALUE_CHARS = 16_384;

export function loadOptions({ env, cwd, readFile }: LoadInput): LoadedOptions {
  const problems = new ProblemList();
  const fromEnvironment = environmentOptions(env, problems);
  const fromFile = fileOptions(env, cwd, readFile, problems);
  const findGiven = (key: string): Given | undefined => fromEnvironment.get(key) ?? fromFile.given.get(key);
  const draft: Draft = {};
  const sources: SourceDraft = {};

  const settle = <Name extends OptionName>(name: Name): void => {
    const option: Option<OptionValue<Name>> = OPTIONS[name];
    const given = findGiven(option.key);
    const value = given && given.text.length <= MAX_VALUE_CHARS ? option.parse(given.text, { cwd }) : undefined;
    sources[name] = given && value !== undefined ? given.source : 'default';
    if (value !== undefined) {
      draft[name] = value;
      return;
    }
    let written = fromFile.repoze ? option.repozeDefault : undefined;
    // A token implies access = token unless access says otherwise.
    if (name === 'access' && findGiven('token')) written = 'token';
    if (given) addRefusedValue(problems, option, given, written ?? defaultText(option));
    const standard = written === undefined ? option.default : option.parse(written, { cwd });
    if (standard !== undefined) draft[name] = standard;
  };
  for (const name of OPTION_NAMES) settle(name);

  closeWithoutToken(draft, findGiven('token'), findGiven('access'), problems);
  return {
    // Every option without a default is optional in `Options`: a test asserts it of the table.
    options: deepFreeze(draft as Options),
    problems: problems.all(),
    sources: Object.freeze(sources as Required<SourceDraft>),
  };
}

function addRefusedValue(
  problems: ProblemList,
  { key, accepted, secret }: Pick<Option<unknown>, 'key' | 'accepted' | 'secret'>,
  { text, place }: Given,
  standard: string | null,
): void {
  const value = secret === undefined ? `${place.key ?? key} = ${shown(text)}` : `the value of ${place.key ?? key}`;
  // What the `ini` package and Python 2 take for a comment is part of the value to Paste Deploy.
  const hint = place.file !== undefined && /\s[#;]/.test(text) ? ' (a comment needs a line of its own)' : '';
  const instead = standard !== null ? `The default is used: ${standard}` : 'It is left unset';
  const effect = key === 'token' ? ', and access = token lets nobody in' : '';
  const message = (): string => `${value} is not accepted${hint}. Accepted: ${accepted}. ${instead}${effect}`;
  problems.add('PROFILER_E_CONFIG_VALUE', place, message, accepted);
}

/**
 * Who wants a token but has given none that can be used gets `off` instead of the default: what somebody meant to protect
 * does not open to every local user by a typing mistake.
 */
function closeWithoutToken(
  draft: Draft,
  token: Given | undefined,
  access: Given | undefined,
  problems: ProblemList,
): void {
  if (draft.access !== 'token' || draft.token !== undefined) return;
  draft.access = 'off';
  // A token that was refused has its message already.
  if (token) return;
  const text = (): string => 'access = token lets nobody in without a token. Set one with PROFILER_TOKEN';
  problems.add('PROFILER_E_CONFIG_VALUE', access?.place ?? {}, text);
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member);
  }
  return Object.freeze(value);
}
