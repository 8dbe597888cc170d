/** Parsers of options that hold one word, number or file name. Each returns undefined for what it does not accept. */

import { resolve } from 'node:path';
import type { ParseContext } from '../options.ts';

// Paste's own words: paste.deploy.converters.asbool.
const TRUE_WORDS = ['true', 'yes', 'on', 'y', 't', '1'];
const FALSE_WORDS = ['false', 'no', 'off', 'n', 'f', '0'];
const MAX_TOKEN_CHARS = 512;

export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : undefined;
}

/** @returns a parser of plain decimal numbers; `1e2`, `0x10` and `10ms` are mistakes more often than they are meant. */
export function numberBetween(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    if (!/^\d{1,12}(\.\d{1,6})?$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  };
}

/** @returns a parser of one of the words, in upper or lower case. */
export function oneOf<Word extends string>(...words: readonly Word[]): (text: string) => Word | undefined {
  return (text) => words.find((word) => word === text.toLowerCase());
}

/** Absolute from here on: the host may change its working folder later. */
export function parseFilename(text: string, { cwd }: ParseContext): string | undefined {
  if (text.includes('\0') || /[\r\n]/.test(text) || /(^|[\\/])\.{0,2}$/.test(text)) return undefined;
  return resolve(cwd, text);
}

export function parseDataDir(text: string, { cwd }: ParseContext): string | undefined {
  if (text.toLowerCase() === 'memory') return 'memory';
  return /[\0\r\n]/.test(text) ? undefined : resolve(cwd, text);
}

/** What can stand in an Authorization header, a cookie and a query without being changed on the way by a client. */
export function parseToken(text: string): string | undefined {
  return text.length <= MAX_TOKEN_CHARS && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}
