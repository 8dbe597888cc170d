/** The one table of options: a new option is one row here and one property of `Options`; README's table is generated from it. */

import type { OptionName, OptionTable, Retention } from './options.ts';
import { parseListen } from './parse/listen.ts';
import { parseHeaders, parseLabels, parsePushUrl } from './parse/push.ts';
import { retentionParser } from './parse/retention.ts';
import { numberBetween, oneOf, parseBoolean, parseDataDir, parseFilename, parseToken } from './parse/scalar.ts';
import { parseIgnore, parseUrlPath } from './parse/url-path.ts';

const BOOLEAN = 'true/false, yes/no, on/off, y/n, t/f, 1/0';
const FILENAME = "a file's path, from the working folder if relative";
const DEFAULT_RETENTION: Retention = { ageMs: 7 * 86_400_000, bytes: 256 * 1024 ** 2 };
const PAIRS = 'name=value pairs separated by commas, values percent-encoded where they hold a comma or a percent sign';

export const OPTIONS: OptionTable = {
  enabled: { key: 'enabled', default: true, parse: parseBoolean, accepted: BOOLEAN, doc: 'master switch' },
  path: {
    key: 'path',
    default: '/__profile__',
    parse: parseUrlPath,
    accepted: 'a URL path other than /, without query, spaces and dot segments',
    doc: 'URL path of the UI',
  },
  logFilename: {
    key: 'log_filename',
    repozeDefault: 'wsgi.prof',
    parse: parseFilename,
    accepted: FILENAME,
    doc: "the run's accumulated profile, gzipped pprof, rewritten atomically",
  },
  cachegrindFilename: {
    key: 'cachegrind_filename',
    parse: parseFilename,
    accepted: FILENAME,
    doc: 'the same in callgrind format for KCachegrind',
  },
  discardFirstRequest: {
    key: 'discard_first_request',
    default: true,
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: "drop the first request's samples of each process (warm-up)",
  },
  flushAtShutdown: {
    key: 'flush_at_shutdown',
    default: false,
    repozeDefault: 'true',
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: "delete the run's data when the server stops",
  },
  unwind: {
    key: 'unwind',
    default: false,
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: "repoze.profile's; accepted without effect, response streaming is always part of the request here",
  },
  intervalMs: {
    key: 'interval_ms',
    default: 10,
    parse: numberBetween(1, 1000),
    accepted: 'a number from 1 to 1000',
    doc: 'sampling interval in milliseconds',
  },
  ignore: {
    key: 'ignore',
    default: [],
    parse: parseIgnore,
    accepted: 'path patterns separated by commas, each starting with / or *, where * stands for any characters',
    doc: 'requests that are not profiled',
  },
  access: {
    key: 'access',
    default: 'local',
    parse: oneOf('local', 'token', 'open', 'off'),
    accepted: 'local, token, open, off',
    doc: 'who may see the UI',
  },
  token: {
    key: 'token',
    parse: parseToken,
    accepted: 'up to 512 visible ASCII characters without spaces',
    doc: 'the secret for `access = token`, which setting it implies',
    secret: 'whole',
  },
  listen: {
    key: 'listen',
    parse: parseListen,
    accepted: "host:port, [IPv6]:port, a port on 127.0.0.1, or a unix socket's path such as /run/profiler.sock",
    doc: 'an extra address that serves only the UI',
  },
  waits: {
    key: 'waits',
    default: 'auto',
    parse: oneOf('auto', 'all', 'off'),
    accepted: 'auto, all, off',
    doc: 'whose waits are traced: as many requests as a budget allows, all, or none',
  },
  heap: {
    key: 'heap',
    default: false,
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: 'sample allocations all the time: memory in use by call site, at api/v1/memory',
  },
  slowMs: {
    key: 'slow_ms',
    default: 500,
    parse: numberBetween(0, 86_400_000),
    accepted: 'a number from 0 to 86400000',
    doc: 'requests slower than this many milliseconds are kept whole, the slowest of each route',
  },
  dataDir: {
    key: 'data_dir',
    unsetMeans: 'a folder per app under the temp dir, mode 0700',
    parse: parseDataDir,
    accepted: "a folder's path, from the working folder if relative, or memory",
    doc: 'where runs are kept; `memory` keeps none',
  },
  retention: {
    key: 'retention',
    default: DEFAULT_RETENTION,
    writtenDefault: '7d,256mb',
    parse: retentionParser(DEFAULT_RETENTION),
    accepted: 'an age (s, m, h, d, w), a size (kb, mb, gb) or both separated by a comma, such as 7d,256mb',
    doc: 'age and size bound of data_dir',
  },
  pushUrl: {
    key: 'push_url',
    parse: parsePushUrl,
    accepted: 'an http or https URL',
    doc: 'send what is recorded to this Pyroscope or OpenTelemetry collector (docs/push.md)',
    secret: 'url',
  },
  pushFormat: {
    key: 'push_format',
    unsetMeans: 'otlp where push_url has port 4318 or its path, else pyroscope',
    parse: oneOf('pyroscope', 'otlp'),
    accepted: 'pyroscope, otlp',
    doc: 'what the server at push_url understands',
  },
  pushHeaders: {
    key: 'push_headers',
    default: {},
    parse: parseHeaders,
    accepted: PAIRS,
    doc: 'HTTP headers sent to push_url',
    secret: 'members',
  },
  pushLabels: {
    key: 'push_labels',
    default: {},
    parse: parseLabels,
    accepted: PAIRS,
    doc: "labels of what is pushed; `service_name` is the working folder's name if it is not among them",
  },
  urlQuery: {
    key: 'url_query',
    default: false,
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: 'keep query strings of recorded requests (they can hold secrets)',
  },
  debug: {
    key: 'debug',
    default: false,
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: "log all of the agent's errors",
  },
  quiet: {
    key: 'quiet',
    default: false,
    parse: parseBoolean,
    accepted: BOOLEAN,
    doc: 'do not print the line with the URL',
  },
};

/** In the table's order. */
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[]; // Object.keys forgets the type
