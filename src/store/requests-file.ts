/** Slow requests as a file: gzipped JSON, `{"format":1,"requests":[…]}`, each as profile/kept-request.ts says. */

import { gunzipSync, gzipSync } from 'node:zlib';
import type { RequestTimeline } from '../profile/kept-request.ts';
import { plainColumns } from '../profile/plain-columns.ts';

const FORMAT = 1;
/** Half the size of no compression at a tenth of the time that the usual level takes. */
const FAST = 1;
/** What a process keeps is below 20 MB. */
const MAX_BYTES = 64 << 20;
/** Times are kept to the microsecond. */
const PER_MS = 1000;

const TEXTS = ['id', 'route', 'method', 'url'] as const;
const NUMBERS = [
  'status',
  'startedAt',
  'durationMs',
  'cpuMs',
  'wallMs',
  'waitMs',
  'otherMs',
  'othersMs',
  'pid',
] as const;
const COLUMNS = {
  samples: ['atMs', 'stack', 'wallMs', 'cpuMs'],
  waits: ['startMs', 'endMs', 'stack'],
  others: ['atMs', 'stack', 'wallMs', 'route'],
} as const;

export function encodeRequests(requests: readonly RequestTimeline[]): Uint8Array {
  const rounded = (key: string, value: unknown): unknown =>
    typeof value === 'number' ? Math.round(value * PER_MS) / PER_MS : plainColumns(key, value);
  return gzipSync(JSON.stringify({ format: FORMAT, requests }, rounded), { level: FAST });
}

/** @throws on anything that `encodeRequests` has not made. */
export function decodeRequests(bytes: Uint8Array): RequestTimeline[] {
  const text = gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString();
  const { format, requests } = recordOf(JSON.parse(text));
  if (format !== FORMAT || !Array.isArray(requests)) throw new Error('these are no requests of ours');
  for (const request of requests) check(recordOf(request));
  return requests as RequestTimeline[];
}

function check(request: Record<string, unknown>): void {
  for (const name of TEXTS) if (typeof request[name] !== 'string') throw new Error(`a request's ${name} is no text`);
  for (const name of NUMBERS) if (!Number.isFinite(request[name])) throw new Error(`a request's ${name} is no number`);
  if (!listOf(request['routes']).every((route) => typeof route === 'string')) throw new Error('a route is no text');
  for (const info of listOf(request['functions']).map(recordOf))
    if (typeof info['name'] !== 'string' || typeof info['file'] !== 'string' || typeof info['category'] !== 'string')
      throw new Error('a function is none of ours');
  for (const stack of listOf(request['stacks'])) numbersOf(stack);
  for (const [group, names] of Object.entries(COLUMNS)) {
    const lengths = names.map((name) => numbersOf(recordOf(request[group])[name]).length);
    if (new Set(lengths).size !== 1) throw new Error(`the columns of ${group} differ in length`);
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('something is no object');
  return value as Record<string, unknown>;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('something is no list');
  return value;
}

function numbersOf(value: unknown): readonly unknown[] {
  const list = listOf(value);
  if (!list.every(Number.isFinite)) throw new Error('something is no number');
  return list;
}
