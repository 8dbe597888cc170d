/** Captures in a real browser: started, followed, cancelled and refused in the header; what they recorded in the views. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, needsChromium, openPage, visit, type WatchedPage } from '../helpers/browser.ts';
import { capturing } from '../helpers/captures.ts';
import type { TestServer } from '../helpers/server.ts';
import { PAGE, startBusyServer } from './busy-server.ts';

describe('captures', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  const folder = mkdtempSync(join(tmpdir(), 'profiler-captures-'));
  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), startBusyServer()]);
    await server.get('/hot?ms=100');
  });
  after(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const looking = (query: string, look: (page: Page, watched: WatchedPage) => Promise<void>): Promise<void> =>
    visit(browser, `${server.url}${PAGE}${query}`, look, { acceptDownloads: true });

  async function start(page: Page, kind: string, seconds: number): Promise<void> {
    await page.getByRole('button', { name: 'Capture', exact: true }).click();
    await page.getByRole('radio', { name: kind }).check();
    await page.getByRole('spinbutton', { name: 'Seconds' }).fill(String(seconds));
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForSelector('[role=dialog] progress');
  }

  test('calls: progress, then the table with exactly as many calls as there were', async () => {
    await looking('', async (page, { problems }) => {
      await start(page, 'Calls', 3);
      await page.waitForSelector('.header button:has-text("Capturing calls")');
      for (let count = 0; count < 7; count++) await server.get('/hot?ms=20');
      await page.waitForSelector('.breadcrumbs :text("capture of calls, 3 s")');
      const row = page.locator('[role=row]', { hasText: '(hotSpot)' });
      assert.match(await page.locator('.grid-head').innerText(), /ncalls/);
      assert.equal(await row.locator('[role=gridcell]').first().innerText(), '7');
      assert.match(new URL(page.url()).search, /capture=[0-9a-f]+/);
      await row.click();
      assert.match(await page.locator('.drawer .figures').innerText(), /Calls\s+7 exact/);
      await page.locator('.breadcrumbs button', { hasText: 'capture of calls' }).click();
      await page.waitForSelector('.drawer h3:text("Calls")');
      assert.match(await page.locator('.drawer').innerText(), /7 in 3 s, exact/);
      assert.deepEqual(problems, []);
    });
  });

  test('lines: the source shows where the time went, the drawer the hottest lines', async () => {
    await looking('', async (page, { problems }) => {
      await page.locator('[role=row]', { hasText: '(burn)' }).click();
      await page.getByRole('button', { name: 'Source' }).click();
      await page.waitForSelector('.view :text("Nobody has measured lines yet")');
      const [started] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === 'POST'),
        page.getByRole('button', { name: 'Measure lines for 10 s' }).click(),
      ]);
      assert.equal(started.status(), 202);
      for (let count = 0; count < 10; count++) await server.get('/hot?ms=100');
      await page.waitForSelector('.grid-row.code .share-bar:not(:empty)', { timeout: 60_000 });
      const hottest = await page.locator('.grid-row.code[aria-selected=true]').innerText();
      assert.match(hottest, /[\d.]+ (?:ms|s)\s+[\d.]+ %\s+\d+\s+for \(let i = 0; i < 1_000_000/);
      await page.waitForSelector('.drawer h3:text("Hottest lines")');
      const link = page.url();
      assert.match(link, /capture=/);
      await page.goto(link);
      await page.waitForSelector('.grid-row.code[aria-selected=true]:has-text("1_000_000")');
      assert.deepEqual(problems, []);
    });
  });

  test('heap: memory in every view, in use or all, as pprof, and in a saved page', async () => {
    await capturing(server.url, 'heap', 2, async () => {
      for (let count = 0; count < 30; count++) await server.get('/keep');
    });
    await looking('', async (page, { problems }) => {
      await page.getByRole('button', { name: 'Capture', exact: true }).click();
      await page.getByRole('button', { name: /^Show the capture of the heap/ }).click();
      await page.getByRole('button', { name: 'Allocated' }).click();
      assert.equal(await page.getByRole('button', { name: 'Memory' }).getAttribute('aria-pressed'), 'true');
      await page.waitForSelector('[role=row]:has-text("(keep)")');
      assert.match(await page.locator('[role=row]', { hasText: '(keep)' }).innerText(), /[kM]B/);
      assert.match(page.url(), /heap=allocated/);
      for (const tab of ['table', 'sandwich', 'tree']) {
        await page.locator(`#tab-${tab}`).click();
        await page.waitForSelector('.view [role=row]:has-text("B")');
      }
      await page.getByRole('button', { name: 'Capture', exact: true }).click();
      const [pprof] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: /^Download the capture of the heap/ }).click(),
      ]);
      assert.match(gunzipSync(readFileSync(await pprof.path())).toString('latin1'), /inuse_space/);
      await page.keyboard.press('Escape');
      await page.locator('#tab-table').click();
      await page.getByRole('button', { name: 'Export' }).click();
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: /^this page/ }).click(),
      ]);
      const file = join(folder, 'heap.html');
      await saved.saveAs(file);
      assert.deepEqual(problems, []);
      const fromDisk = await openPage(browser, pathToFileURL(file).href);
      await fromDisk.page.waitForSelector('[role=row]:has-text("(keep)")');
      assert.equal(await fromDisk.page.getByRole('button', { name: 'Memory' }).getAttribute('aria-pressed'), 'true');
      for (const [tab, text] of [
        ['source', 'No source in a saved page'],
        ['requests', 'A saved page holds no requests'],
      ]) {
        await fromDisk.page.locator(`#tab-${tab}`).click();
        await fromDisk.page.waitForSelector(`.empty:has-text("${text}")`);
      }
      assert.deepEqual(fromDisk.problems, []);
      await fromDisk.close();
      await page.getByRole('button', { name: 'CPU', exact: true }).click();
      await page.waitForSelector('[role=row]:has-text("(burn)")');
      assert.doesNotMatch(page.url(), /capture=/);
    });
  });

  test('one that is cancelled says so', async () => {
    await looking('', async (page) => {
      await start(page, 'Lines', 60);
      await page.locator('[role=dialog]').getByRole('button', { name: 'Cancel' }).click();
      await page.waitForSelector('.captures :text("cancelled on request")');
      await page.waitForSelector('.toast:has-text("has no result")');
    });
  });

  test('one that is refused says why', async () => {
    const covered = await startBusyServer({ NODE_V8_COVERAGE: folder });
    try {
      const { page, close } = await openPage(browser, `${covered.url}${PAGE}`);
      await page.getByRole('button', { name: 'Capture', exact: true }).click();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.waitForSelector('.refusal:has-text("NODE_V8_COVERAGE")');
      await close();
    } finally {
      await covered.stop();
    }
  });

  test('one that is gone says so, with a way back', async () => {
    await looking('?tab=table&capture=000000000000', async (page) => {
      await page.waitForSelector('.failing:has-text("no such capture")');
      await page.getByRole('button', { name: 'Back to what is recorded' }).click();
      await page.waitForSelector('[role=row]:has-text("(burn)")');
      assert.equal(await page.locator('.failing').count(), 0);
    });
  });
});
