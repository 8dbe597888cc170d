/** Options as they may be shown: on the status page, in logs, in a bug report. */

import { OPTION_NAMES, OPTIONS } from './option-table.ts';
import type { Option, OptionName, Options, OptionValue, SecretKind } from './options.ts';

const MASK = '***';

/** @returns a copy in which secrets are replaced; what is unset stays unset, names of headers and the URL's host stay readable. */
export function maskedOptions(options: Options): Options {
  const masked: { -readonly [Name in OptionName]?: Options[Name] } = { ...options };
  const mask = <Name extends OptionName>(name: Name): void => {
    const option: Option<OptionValue<Name>> = OPTIONS[name];
    const value = options[name];
    // The three kinds keep the value's type: a string stays a string, a record of strings stays one.
    if (option.secret && value !== undefined) masked[name] = maskedValue(value, option.secret) as typeof value;
  };
  for (const name of OPTION_NAMES) mask(name);
  return masked as Options;
}

function maskedValue(value: unknown, kind: SecretKind): unknown {
  switch (kind) {
    case 'whole':
      return MASK;
    case 'members':
      return Object.fromEntries(Object.keys(Object(value)).map((name) => [name, MASK]));
    case 'url':
      return maskedUrl(String(value));
  }
}

/** Credentials stand before the host, and with some services in the query. */
function maskedUrl(text: string): string {
  if (!URL.canParse(text)) return MASK;
  const url = new URL(text);
  if (url.username !== '') url.username = MASK;
  if (url.password !== '') url.password = MASK;
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, MASK);
  url.hash = '';
  return url.href;
}
