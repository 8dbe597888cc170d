/** Makes responses: one place for security headers, JSON and compression. */

import { gzipSync } from 'node:zlib';
import { plainColumns } from '../profile/plain-columns.ts';
import type { ApiError, ApiResponse } from './types.ts';

const MIN_COMPRESSED_BYTES = 1024;
/** `gzip;q=0` refuses it. */
const ACCEPTS_GZIP = /(?:^|,)\s*gzip\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/i;

/** No inline code, nothing from elsewhere, in no frame; answers are never stored. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export function respond(
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  return { status, headers: { 'content-type': contentType, ...SECURITY_HEADERS, ...headers }, body };
}

export function json(value: unknown, status = 200): ApiResponse {
  return respond(status, 'application/json; charset=utf-8', `${JSON.stringify(value, plainColumns)}\n`);
}

export function text(body: string): ApiResponse {
  return respond(200, 'text/plain; charset=utf-8', body);
}

export function failure(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  const body: ApiError = { code, error };
  return respond(status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`, headers);
}

/** @param accepted the client's Accept-Encoding. */
export function compress(response: ApiResponse, accepted: string | undefined): ApiResponse {
  if (response.body.length < MIN_COMPRESSED_BYTES || !ACCEPTS_GZIP.test(accepted ?? '')) return response;
  if (response.headers['content-type'] === 'application/octet-stream') return response;
  if (response.headers['content-encoding'] !== undefined) return response;
  return {
    ...response,
    headers: { ...response.headers, 'content-encoding': 'gzip', vary: 'accept-encoding' },
    body: gzipSync(response.body, { level: 3 }),
  };
}
