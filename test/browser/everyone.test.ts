/** The page for everybody: axe-core finds nothing in either theme, narrow screens have no sideways scroll, hostile names are text. */

import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { violations } from '../helpers/axe.ts';
import { launchChromium, needsChromium, openPage } from '../helpers/browser.ts';
import type { TestServer } from '../helpers/server.ts';
import { PAGE, recordAndStop, startBusyServer } from './busy-server.ts';

const TABS = ['overview', 'table', 'sandwich', 'tree', 'source', 'requests', 'diff'];
/** What every tab has once it is there. */
const CONTENT = '.diff, .view [role=grid], .view [role=treegrid], .view .empty:not(.loading)';

describe('for everyone', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), startBusyServer({ PROFILER_SLOW_MS: '50' })]);
    await recordAndStop(server, [
      '/hostile?ms=60',
      '/%3Cscript%3Ealert(1)%3C/script%3E/%E2%80%AEx',
      '/a"b\'c<img src=x>',
    ]);
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds no violation on any tab in the ${colorScheme} theme`, async () => {
      for (const tab of TABS) {
        const { page, close } = await openPage(
          browser,
          `${server.url}${PAGE}?tab=${tab}&route=GET+/hot&base=1&search=spot`,
          { colorScheme },
        );
        await page.waitForSelector(tab === 'diff' ? '.diff-lists' : CONTENT);
        // A tab may have something to say before there are rows to walk.
        await page.waitForSelector('[data-fact=samples]');
        await page.keyboard.press('j');
        if (tab === 'source') await page.waitForSelector('.grid-row.code');
        if (tab === 'requests') {
          await page.locator('.view [role=rowgroup] [role=row]').first().click();
          await page.locator('.timeline [role=option]').first().hover();
        }
        await page.keyboard.press('c');
        assert.deepEqual(await violations(page), [], tab);
        for (const menu of ['Export', 'Capture']) {
          await page.getByRole('button', { name: menu }).click();
          assert.deepEqual(await violations(page), [], `${tab}, ${menu}`);
          await page.keyboard.press('Escape');
        }
        await close();
      }
    });
  }

  test('axe finds no violation in the empty page and in the help', async () => {
    const { page, close } = await openPage(browser, `${server.url}${PAGE}?from=1&to=2`);
    await page.waitForSelector('.empty');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('?');
    assert.deepEqual(await violations(page), []);
    await close();
  });

  test('narrow screen: one column, nothing to scroll sideways', async () => {
    for (const tab of TABS) {
      const { page, close } = await openPage(browser, `${server.url}${PAGE}?tab=${tab}`, {
        viewport: { width: 390, height: 800 },
        hasTouch: true,
      });
      await page.waitForSelector('main');
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${tab} is ${width} px wide`);
      await close();
    }
  });

  test('hostile names of functions and routes are text, on every tab', async () => {
    for (const tab of TABS) {
      const { page, problems, close } = await openPage(browser, `${server.url}${PAGE}?tab=${tab}`);
      await page.waitForSelector(CONTENT);
      assert.equal(await page.locator('img, .view script, .rail script').count(), 0);
      assert.equal(await page.title(), 'profiler');
      const text = await page.locator('body').innerText();
      assert.doesNotMatch(text, /[\p{Cf}]|[^\P{Cc}\n\t]/u);
      assert.deepEqual(problems, []);
      await close();
    }
    const { page, problems, close } = await openPage(
      browser,
      `${server.url}${PAGE}?tab=table&route=GET+/hostile&sort=name`,
    );
    for (const name of ['<img src=x onerror="document.title=1">', '\\u{202e}gnp.exe\\u{2066}', '__defineGetter__']) {
      const row = page.locator('[role=row]', { hasText: name }).first();
      await row.click();
      assert.ok((await page.locator('.drawer h2').innerText()).includes(name.slice(0, 12)));
    }
    await page.locator('[role=row]', { hasText: 'long xxx' }).first().click();
    assert.ok((await page.locator('.drawer h2').innerText()).length < 500);
    const link = await page.evaluate(() => location.href);
    await page.goto(link);
    await page.waitForSelector('.drawer h2:has-text("long xxx")');
    assert.deepEqual(problems, []);
    await close();
  });
});
