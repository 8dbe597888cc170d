/** Reads what the user gave as FILE|URL. */

import { lstatSync } from 'node:fs';
import { OPTIONS } from '../config/option-table.ts';
import { CliFailure } from './failure.ts';

/** Where a server listens, and below which path its profiler may be. */
export interface Address {
  readonly url: URL;
  /** Set for a unix socket; the URL's host is then only a name. */
  readonly socketPath?: string;
}

const DEFAULT_PATH = OPTIONS.path.default ?? '';
const UNIX_PREFIX = /^unix:/i;

/** @returns null where the word is a file's name. @throws CliFailure for a URL that cannot be one */
export function parseAddress(word: string): Address | null {
  if (UNIX_PREFIX.test(word)) return unixAddress(word.replace(UNIX_PREFIX, ''));
  if (/^https?:\/\//i.test(word)) {
    if (!URL.canParse(word))
      throw new CliFailure('PROFILER_E_USAGE', `${word} is no URL. Give one such as http://localhost:3000`);
    return { url: new URL(word) };
  }
  if (lstatSync(word, { throwIfNoEntry: false })) return null;
  const port = /^:?(\d{1,5})(\/.*)?$/.exec(word);
  const url = port ? `http://localhost:${port[1]}${port[2] ?? ''}` : `http://${word}`;
  // `host:3000` is an address; `profile.pb.gz` could be a host as well, and is a file that is not there.
  return (port || /^[\w.-]+:\d{1,5}(?:\/|$)|^\[[0-9a-f:]+\]:/i.test(word)) && URL.canParse(url)
    ? { url: new URL(url) }
    : null;
}

/** `unix:/run/profiler.sock/__profile__`, as the agent prints it: the shortest part that is a socket, then the path. */
function unixAddress(text: string): Address {
  const parts = text.split('/');
  for (let count = 1; count <= parts.length; count++) {
    const socketPath = parts.slice(0, count).join('/');
    if (socketPath === '' || !lstatSync(socketPath, { throwIfNoEntry: false })?.isSocket()) continue;
    return { url: new URL(`http://localhost/${parts.slice(count).join('/')}`), socketPath };
  }
  throw new CliFailure('PROFILER_E_UNREACHABLE', `there is no unix socket at ${text}. Is the server running?`);
}

/** @returns paths where the profiler may be, the likeliest first: the URL's own, then the standard one below it and below the root. */
export function profilerPaths({ url }: Address): string[] {
  const own = url.pathname.replace(/\/+$/, '');
  return [...new Set([own, own + DEFAULT_PATH, DEFAULT_PATH])].filter((path) => path !== '');
}
