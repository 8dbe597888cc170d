/**
 * The page's own files, read once from the folder that the build wrote, compressed by it, then served from memory. A URL is looked up
 * in this map and never becomes a path.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { respond } from './respond.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export interface Asset {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** By content coding, the one to be preferred first. */
  readonly encoded: ReadonlyMap<string, Uint8Array>;
}

/** By path below the UI's own: '' is the page. */
export type Assets = ReadonlyMap<string, Asset>;

const CONTENT_TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css' } as const;
const ENDINGS = { br: '.br', gzip: '.gz' } as const;
const PAGE_FILE = 'index.html';

/** @returns an empty map where the UI has not been built. */
export function readAssets(directory: string): Assets {
  const assets = new Map<string, Asset>();
  const names = filesOf(directory);
  for (const name of names) {
    const type = Object.entries(CONTENT_TYPES).find(([ending]) => name.endsWith(`.${ending}`))?.[1];
    if (type === undefined) continue;
    const encoded = new Map<string, Uint8Array>();
    for (const [coding, ending] of Object.entries(ENDINGS)) {
      if (names.includes(name + ending)) encoded.set(coding, readFileSync(join(directory, name + ending)));
    }
    const asset: Asset = { contentType: `${type}; charset=utf-8`, body: readFileSync(join(directory, name)), encoded };
    assets.set(name === PAGE_FILE ? '' : `assets/${name}`, asset);
  }
  return assets;
}

/** Names of all but the page hold a hash of their content, so they may be kept; by this browser only, for access can change. */
export function assetResponse(asset: Asset, { path, headers }: Pick<ApiRequest, 'path' | 'headers'>): ApiResponse {
  const caching: Record<string, string> =
    path === '' ? {} : { 'cache-control': 'private, max-age=31536000, immutable' };
  const accepted = headers['accept-encoding'] ?? '';
  for (const [coding, body] of asset.encoded) {
    if (!accepts(accepted, coding)) continue;
    return respond(200, asset.contentType, body, { ...caching, 'content-encoding': coding, vary: 'accept-encoding' });
  }
  return respond(200, asset.contentType, asset.body, { ...caching, vary: 'accept-encoding' });
}

function accepts(header: string, coding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', quality = ''] = part.split(';');
    return name.trim().toLowerCase() === coding && !/^\s*q=0(?:\.0*)?\s*$/i.test(quality);
  });
}

function filesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
