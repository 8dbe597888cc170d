/** `npm run screenshots`: the pictures of docs/images, taken in Chromium of examples/shop under the agent with traffic. Build first. */

import { mkdirSync } from 'node:fs';
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
];

const { skip } = await needsChromium();
if (skip) throw new Error(skip);
mkdirSync(IMAGES, { recursive: true });
ensureInstalled(EXAMPLE);
const server = await startExample({ directory: EXAMPLE, dist: path.join(ROOT, 'dist'), port: 0 });
const browser = await launchChromium();
try {
  const signal = new AbortController().signal;
  await driveTraffic({ port: Number(server.url.port), seconds: TRAFFIC_SECONDS, signal }, () => undefined);
  for (const { name, query, colorScheme, prepare } of PICTURES) {
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
  await browser.close();
  await server.stop();
}
