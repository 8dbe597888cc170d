/** The page of servers made with different frameworks, and of the example: what costs the most is seen at once, with its source and its slow requests. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { ensureInstalled } from '../../scripts/install.mjs';
import { launchChromium, needsChromium, openPage } from '../helpers/browser.ts';
import { assertCounted } from '../helpers/host-server.ts';
import { installFixture } from '../helpers/install-fixture.ts';
import { startServer } from '../helpers/server.ts';
import { PAGE } from './busy-server.ts';

const SHOP = fileURLToPath(new URL('../../examples/shop', import.meta.url));
const HOT = { path: '/hot/7', route: 'GET /hot/:id', hotSpot: 'hotSpot' };
/** Boxes from the root down to the hot spot: on a small screen a dozen rows are visible. */
const MAX_ROWS = 8;

const SERVERS = [
  { ...HOT, name: 'plain http', script: async () => 'test/fixtures/browser/hot-http.mjs' },
  { ...HOT, name: 'express', script: async () => join(await installFixture('frameworks-a-latest'), 'hot-express.mjs') },
  { ...HOT, name: 'fastify', script: async () => join(await installFixture('frameworks-b-latest'), 'hot-fastify.mjs') },
  { ...HOT, name: 'koa', script: async () => join(await installFixture('frameworks-b-latest'), 'hot-koa.mjs') },
  {
    name: 'the example',
    script: async () => {
      ensureInstalled(SHOP);
      return join(SHOP, 'server.js');
    },
    path: '/api/search?q=red+chair',
    route: 'GET /api/search',
    hotSpot: 'rankBySimilarity',
  },
] as const;

describe('frameworks', await needsChromium(), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  for (const { name, script, path, route, hotSpot } of SERVERS) {
    test(`${name}: the hot spot, its route, its source and its requests`, async () => {
      const env = { PORT: '0', PROFILER_SLOW_MS: '1' };
      const server = await startServer(await script(), { env, portPattern: /(?:PORT |127\.0\.0\.1:)(\d+)/ });
      try {
        for (let count = 0; count < 20; count++) await server.get(path);
        await assertCounted(server.url, 20);
        const { page, problems, close } = await openPage(browser, `${server.url}${PAGE}`);
        await page.waitForSelector(`.rail :text("${route}")`);
        assert.ok(await isOnTheWayDown(page, hotSpot), 'the hot spot is among the first boxes of the flame graph');
        await page
          .locator('[role=row]', { hasText: `(${hotSpot})` })
          .first()
          .click();
        await page.waitForSelector(`.drawer h2:text("${hotSpot}")`);
        await page.keyboard.press('5');
        await page.locator('.grid-row.in-function', { hasText: hotSpot }).first().waitFor();
        await page.keyboard.press('6');
        await page.locator('[role=row]', { hasText: route }).nth(0).click();
        await page.waitForSelector('.lane.own [role=option], .lane.gap [role=option]');
        assert.deepEqual(problems, []);
        await close();
      } finally {
        await server.stop();
      }
    });
  }
});

/** Steps from the root to the heaviest callee, as the arrow keys do. */
async function isOnTheWayDown(page: Page, name: string): Promise<boolean> {
  await page.getByRole('tree').focus();
  for (let row = 0; row < MAX_ROWS; row++) {
    await page.keyboard.press('ArrowDown');
    const box = await page.locator('[role=treeitem][aria-selected=true]').innerText();
    if (box.startsWith(`${name} `)) return true;
  }
  return false;
}
