/** `npm run screenshots`: the pictures of docs/images, taken in Chromium of examples/shop under the agent with traffic. Build first. */

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, needsChromium, openPage } from '../test/helpers/browser.ts';
import { startExample } from './demo/server.mjs';
import { driveTraffic } from './demo/traffic.mjs';
import { ensureInstalled } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMAGES = path.join(ROOT, 'docs/images');
const EXAMPLE = path.join(ROOT, 'examples/shop');
const TRAFFIC_SECONDS = 10;
/** So that a request that awaits its database is a slow one, with all that it waited for. */
const TRACED = { PROFILER_SLOW_MS: '15', PROFILER_WAITS: 'all' };
const VIEWPORT = { width: 1280, height: 760 };

/** Selects the planted hot spot, whose row is the first. */
const selectHotSpot = (page) => page.locator('[role=grid] [role=rowgroup] [role=row]').first().click();

const PICTURES = [
  { name: 'overview', query: '', colorScheme: 'light', prepare: async () => undefined },
  { name: 'sandwich', query: '?tab=sandwich&own=1', colorScheme: 'dark', prepare: selectHotSpot },
  {
    name: 'diff',
    query: '?tab=diff&route=GET+%2Fapi%2Fsearch&base=1&base.route=GET+%2Fapi%2Fproducts&own=1',
    colorScheme: 'light',
    prepare: (page) => page.waitForSelector('.diff-lists'),
  },
  {
    name: 'source',
    query: '?tab=table',
    colorScheme: 'light',
    prepare: async (page) => {
      await selectHotSpot(page);
      await page.keyboard.press('5');
      await page.waitForSelector('.grid-row.code .share-bar:not(:empty)');
    },
  },
];

const REQUEST_PICTURE = {
  name: 'request',
  query: '?tab=requests&by=wait&route=GET+%2Fapi%2Forders%2F%3Aid',
  colorScheme: 'dark',
  prepare: async (page) => {
    await selectHotSpot(page);
    await page.locator('.lane.wait [role=option], .lane.own [role=option]').first().click();
  },
};

/** Runs a capture to its end, under traffic. */
async function capture(url, port, kind) {
  const body = JSON.stringify({ kind, seconds: TRAFFIC_SECONDS / 2 });
  const response = await fetch(`${url}/api/v1/captures`, { method: 'POST', headers: { 'x-profiler': '1' }, body });
  if (response.status !== 202) throw new Error(await response.text());
  await driveTraffic({ port, seconds: TRAFFIC_SECONDS, signal: new AbortController().signal }, () => undefined);
}

const { skip } = await needsChromium();
if (skip) throw new Error(skip);
mkdirSync(IMAGES, { recursive: true });
ensureInstalled(EXAMPLE);
// Paths are in the pictures: those of whoever takes them say nothing to a reader.
const folder = mkdtempSync(path.join(tmpdir(), 'profiler-'));
const directory = path.join(folder, 'shop');
cpSync(EXAMPLE, directory, { recursive: true });
const browser = await launchChromium();

/** Takes the pictures of one start of the example, after traffic. */
async function take(pictures, env, kind) {
  const server = await startExample({ directory, dist: path.join(ROOT, 'dist'), port: 0, env });
  try {
    const port = Number(server.url.port);
    await driveTraffic({ port, seconds: TRAFFIC_SECONDS, signal: new AbortController().signal }, () => undefined);
    if (kind) await capture(server.url.href, port, kind);
    for (const { name, query, colorScheme, prepare } of pictures) {
      const { page, close } = await openPage(browser, server.url.href + query, { viewport: VIEWPORT, colorScheme });
      await page.waitForSelector('[role=grid] [role=row]');
      await prepare(page);
      // The pointer rests beside everything; what a click has changed is drawn by then.
      await page.mouse.move(0, 0);
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: path.join(IMAGES, `${name}.png`) });
      console.log(`docs/images/${name}.png`);
      await close();
    }
  } finally {
    await server.stop();
  }
}

try {
  await take(PICTURES, {}, 'lines');
  await take([REQUEST_PICTURE], TRACED, null);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
