/** Slow requests in a real browser: the list, the timeline of one, its keys, its trace. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { RequestsAnswer } from '../../src/api/types.ts';
import { launchChromium, needsChromium, openPage, visitCleanly } from '../helpers/browser.ts';
import { api, assertCounted } from '../helpers/host-server.ts';
import type { TestServer } from '../helpers/server.ts';
import { PAGE, startBusyServer } from './busy-server.ts';

describe('slow requests', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  before(async () => {
    const env = { PROFILER_SLOW_MS: '80', PROFILER_WAITS: 'all' };
    [browser, server] = await Promise.all([launchChromium(), startBusyServer(env)]);
    // The one waits while the other holds the thread.
    await Promise.all([server.get('/waiting?ms=150'), server.get('/hot?ms=300')]);
    await server.get('/cold?ms=120');
    await server.get('/hostile?ms=60');
    await server.get('/hot?ms=1');
    await assertCounted(server.url, 5);
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const looking = (query: string, look: (page: Page) => Promise<void>): Promise<void> =>
    visitCleanly(browser, `${server.url}${PAGE}${query}`, look, { acceptDownloads: true });
  const routesOf = (page: Page): Promise<string[]> =>
    page
      .locator('[role=rowgroup] [role=row]')
      .evaluateAll((rows) => rows.map((row) => (row.children[7]?.textContent ?? '').trim()));

  test('the list is the API’s, sorts by every column, and holds to the routes that are chosen', async () => {
    const { requests } = await api<RequestsAnswer>(server.url, 'requests');
    const slowest = [...requests].sort((a, b) => b.durationMs - a.durationMs).map(({ route }) => route);
    assert.ok(slowest.includes('GET /hot') && slowest.length >= 4, slowest.join());
    await looking('?tab=requests', async (page) => {
      await page.waitForSelector('[role=rowgroup] [role=row]');
      assert.deepEqual(await routesOf(page), slowest);
      await page.getByRole('columnheader', { name: 'route' }).getByRole('button').click();
      assert.deepEqual(await routesOf(page), [...slowest].sort());
      const link = await page.evaluate(() => location.href);
      await page.goto(link);
      await page.waitForSelector('[role=rowgroup] [role=row]');
      assert.deepEqual(await routesOf(page), [...slowest].sort());
    });
    await looking('?tab=requests&route=GET+/cold', async (page) => {
      await page.waitForSelector('[role=rowgroup] [role=row]');
      assert.deepEqual(await routesOf(page), ['GET /cold']);
    });
  });

  test('the timeline: own CPU, waits, what others ran; keys walk it, the stack leads to the function', async () => {
    await looking('?tab=requests', async (page) => {
      await page.locator('[role=row]', { hasText: 'GET /hot' }).first().click();
      await page.waitForSelector('.lane.own [role=option]');
      await page.getByRole('listbox').focus();
      await page.keyboard.press('ArrowRight');
      const label = await page.locator('[role=option][aria-selected=true]').getAttribute('aria-label');
      // The collector of garbage may come first.
      const [, , title = ''] = /^(.+?): (.+), \S+ \S+ from /.exec(label ?? '') ?? [];
      assert.equal(await page.locator('.item-facts h3').innerText(), title || '?');
      await page.keyboard.press('End');
      assert.match(await page.evaluate(() => location.search), /item=0\.\d+/);
      await page.locator('.lane.own [role=option]', { hasText: 'burn' }).first().click();
      const link = await page.evaluate(() => location.href);
      assert.match(link, /request=.*item=0\.\d+/);
      await page.locator('.stack button', { hasText: 'hotSpot' }).first().click();
      await page.waitForSelector('.drawer h2:text("hotSpot")');
      await page.goto(link);
      await page.waitForSelector('[role=option][aria-selected=true]');
      await page.keyboard.press('Escape');
    });
    await looking('?tab=requests&route=GET+/waiting', async (page) => {
      await page.locator('[role=row]', { hasText: 'GET /waiting' }).click();
      const wait = page.locator('.lane.wait [role=option]').first();
      await wait.hover();
      assert.match(await page.locator('.item-facts').innerText(), /timer|setTimeout/i);
      await page.locator('.lane.others [role=option][aria-label^="Others’ CPU: GET /hot: "]').first().waitFor();
    });
  });

  test('the trace is Chrome’s format, for Perfetto', async () => {
    await looking('?tab=requests', async (page) => {
      await page.locator('[role=row]', { hasText: 'GET /cold' }).first().click();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Trace for Perfetto' }).click(),
      ]);
      const trace: unknown = JSON.parse(readFileSync(await file.path(), 'utf8'));
      assert.ok(trace && typeof trace === 'object' && 'traceEvents' in trace);
    });
  });

  test('hostile names are text', async () => {
    await looking('?tab=requests&route=GET+/hostile', async (page) => {
      await page.locator('[role=row]', { hasText: 'GET /hostile' }).click();
      await page.waitForSelector('.lane.own [role=option]');
      assert.equal(await page.locator('.view img, .view script').count(), 0);
      assert.equal(await page.title(), 'profiler');
    });
  });

  test('a request that is no longer kept says so; without slow ones the threshold is said', async () => {
    const { page, close } = await openPage(browser, `${server.url}${PAGE}?tab=requests&request=none`);
    await page.waitForSelector('.empty:has-text("cannot be shown")');
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await page.waitForSelector('[role=rowgroup] [role=row]');
    await close();
    const fast = await startBusyServer({ PROFILER_SLOW_MS: '60000' });
    try {
      await fast.get('/hot?ms=50');
      const opened = await openPage(browser, `${fast.url}${PAGE}?tab=requests`);
      await opened.page.waitForSelector('.empty:has-text("60 s or longer"):has-text("PROFILER_SLOW_MS")');
      await opened.close();
    } finally {
      await fast.stop();
    }
  });
});
