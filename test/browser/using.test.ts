/** Using the page in a real browser: keys, links, live figures, actions, exports, a server that goes and comes back. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { readPprof } from '../../src/export/read-pprof.ts';
import { launchChromium, needsChromium, visit, type WatchedPage } from '../helpers/browser.ts';
import { act } from '../helpers/host-server.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { PAGE, recordAndStop, startBusyServer } from './busy-server.ts';
import { pictureOf } from './picture-of.ts';

describe('using the page', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  const folder = mkdtempSync(join(tmpdir(), 'profiler-browser-'));
  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), startBusyServer()]);
    await recordAndStop(server);
  });
  after(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const looking = (url: string, look: (page: Page, watched: WatchedPage) => Promise<void>): Promise<void> =>
    visit(browser, url, look, { acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] });
  /** As the page itself has it: what `page.url()` knows comes by a message of its own, later than the key's. */
  const query = async (page: Page): Promise<URLSearchParams> =>
    new URLSearchParams(await page.evaluate(() => location.search));

  test('what is asked for comes, however long it takes: a poll meanwhile does not cancel it', () =>
    looking(`${server.url}${PAGE}`, async (page) => {
      await page.route('**/api/v1/profile?*route=*', async (route) => {
        await sleep(3000);
        await route.continue().catch(() => undefined);
      });
      await page.locator('nav button', { hasText: '/cold' }).first().click();
      await page.waitForSelector('[data-fact=requests]:text-is("1")', { timeout: 10_000 });
    }));

  test('keys: one that is pressed the moment the page can be seen is not lost', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      new MutationObserver((_changes, observer) => {
        if (!document.querySelector('[role=tab]')) return;
        observer.disconnect();
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '2', bubbles: true, cancelable: true }));
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(`${server.url}${PAGE}`);
    await page.waitForSelector('[data-fact=samples]');
    assert.equal(await page.evaluate(() => location.search), '?tab=table');
    await context.close();
  });

  test('keys: tabs, rows, transforms as steps that u takes back, own code, help', async () => {
    await looking(`${server.url}${PAGE}`, async (page, { problems }) => {
      for (const [key, tab] of [
        ['2', 'table'],
        ['3', 'sandwich'],
        ['4', 'tree'],
        ['5', 'source'],
        ['6', 'requests'],
        ['7', 'diff'],
      ] as const) {
        await page.keyboard.press(key);
        assert.equal((await query(page)).get('tab'), tab);
      }
      await page.keyboard.press('1');
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      assert.match((await query(page)).get('fn') ?? '', /^burn /);
      for (const [key, kind] of [
        ['f', 'focus'],
        ['m', 'merge'],
        ['c', 'collapse'],
        ['r', 'recursion'],
        ['d', 'drop'],
      ] as const) {
        await page.keyboard.press(key);
        assert.match((await query(page)).getAll('do').join(), new RegExp(`^${kind}:burn`));
        assert.match(await page.locator('.breadcrumbs').innerText(), new RegExp(`${kind} burn`));
        await page.keyboard.press('u');
        await page.waitForFunction(() => !location.search.includes('do='));
      }
      await page.keyboard.press('o');
      assert.equal((await query(page)).get('own'), '1');
      await page.keyboard.press('o');
      await page.keyboard.press('Enter');
      assert.equal((await query(page)).get('tab'), 'sandwich');
      await page.keyboard.press('?');
      await page.waitForSelector('dialog[open] h2:text("Keys")');
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog[open]', { state: 'detached' });
      await page.keyboard.press('y');
      await page.waitForSelector('.toast:has-text("Copied the link")');
      assert.equal(await page.evaluate(async () => (await navigator.clipboard.readText()) === location.href), true);
      await page.keyboard.press('b');
      assert.equal((await query(page)).get('base'), '1');
      await page.keyboard.press('l');
      assert.equal(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed'), 'false');
      assert.deepEqual(problems, []);
    });
  });

  test('keys: arrows walk the flame graph, + - 0 and w a s d move it, a double click zooms and the URL holds it', async () => {
    await looking(`${server.url}${PAGE}`, async (page, { problems }) => {
      const item = (): Promise<string> => page.locator('[role=treeitem][aria-selected=true]').innerText();
      await page.getByRole('tree').focus();
      await page.keyboard.press('ArrowDown');
      const first = await item();
      assert.doesNotMatch(first, /^all/);
      await page.keyboard.press('ArrowUp');
      assert.match(await item(), /^all/);
      const whole = await pictureOf(page);
      for (const keys of ['++', 'a', 'd', 'w', 's', '-']) {
        for (const key of keys) await page.keyboard.press(key);
      }
      assert.ok((await pictureOf(page)) !== whole, 'zoomed and panned');
      await page.keyboard.press('0');
      assert.ok((await pictureOf(page)) === whole, 'all is shown again');
      await page.locator('.flame-scroller').dblclick({ position: { x: 300, y: 45 } });
      assert.match((await query(page)).get('zoom') ?? '', /^[0-9a-f]+$/);
      assert.deepEqual(problems, []);
    });
  });

  test('search: text and regular expressions, the share of all time, n and N', async () => {
    await looking(`${server.url}${PAGE}`, async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('spot');
      assert.match(await page.locator('.search-result').innerText(), /^2 functions, \d+\.\d %$/);
      await page.keyboard.press('Escape');
      await page.keyboard.press('n');
      assert.match((await query(page)).get('fn') ?? '', /^hotSpot/);
      await page.keyboard.press('n');
      assert.match((await query(page)).get('fn') ?? '', /^coldSpot/);
      await page.keyboard.press('N');
      assert.match((await query(page)).get('fn') ?? '', /^hotSpot/);
      await page.fill('#search', '/^(hot|cold)Spot$/');
      assert.match(await page.locator('.search-result').innerText(), /^2 functions/);
      await page.fill('#search', '/(/');
      assert.match(await page.locator('.search-result').innerText(), /not a regular expression/);
    });
  });

  test('a link opens the same view in a fresh page', async () => {
    const link = `${server.url}${PAGE}?route=GET+%2Fhot&sort=cumulative&reverse=1&fulldirs=1&search=burn&own=1&tab=table`;
    await looking(link, async (page) => {
      const before = await page.locator('[role=grid]').innerText();
      await page.click('[role=row]:has-text("(hotSpot)")');
      const url = await page.evaluate(() => location.href);
      await looking(url, async (fresh) => {
        assert.equal(fresh.url(), url);
        await fresh.waitForSelector('.drawer h2:text("hotSpot")');
        assert.equal(await fresh.locator('[role=grid]').innerText(), before);
      });
    });
  });

  test('exports: a pprof file with the samples that are shown, and the page itself, which opens from disk', async () => {
    await looking(`${server.url}${PAGE}?tab=table`, async (page) => {
      const download = async (item: string): Promise<string> => {
        await page.getByRole('button', { name: 'Export' }).click();
        const [file] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('menuitem', { name: item }).click(),
        ]);
        const path = join(folder, file.suggestedFilename());
        await file.saveAs(path);
        return path;
      };
      const profile = readPprof(readFileSync(await download('pprof')));
      const samples = Array.from(profile.nodes.self.samples).reduce((sum, own) => sum + own, 0);
      assert.equal(await page.textContent('[data-fact=samples]'), String(samples));
      const table = await page.locator('[role=grid]').innerText();
      const saved = pathToFileURL(await download('this page')).href;
      await looking(saved, async (offline, { problems }) => {
        await offline.waitForSelector('.pill:text("saved page")');
        assert.equal(await offline.locator('[role=grid]').innerText(), table);
        await offline.keyboard.press('3');
        await offline.waitForSelector('h2:has-text("Callers of")');
        assert.deepEqual(problems, []);
      });
    });
  });

  test('an export that takes long says so and can be cancelled', async () => {
    await looking(`${server.url}${PAGE}`, async (page) => {
      await page.route('**/api/v1/export*', () => undefined);
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'collapsed stacks' }).click();
      await page.getByRole('button', { name: 'Exporting collapsed … Cancel' }).click();
      await page.waitForSelector('.toast:has-text("Cancelled")');
      await page.waitForSelector('button:text-is("Export")');
    });
  });

  test('live: new requests appear, the screen holds still under the pointer, and clear empties it', async () => {
    const live = await startBusyServer();
    try {
      await looking(`${live.url}${PAGE}`, async (page, { problems }) => {
        await page.waitForSelector('h2:text("Recording, 0 requests")');
        assert.match(await page.locator('.empty code').innerText(), new RegExp(`^curl ${live.url}/`));
        await live.get('/hot?ms=200');
        await page.waitForSelector('[role=row]:has-text("(hotSpot)")');
        await page.locator('.flame-scroller').hover({ position: { x: 400, y: 30 } });
        await page.waitForSelector('.tooltip');
        const samples = await page.textContent('[data-fact=samples]');
        await live.get('/cold?ms=300');
        await page.waitForSelector('.held');
        assert.equal(await page.textContent('[data-fact=samples]'), samples);
        await page.mouse.move(5, 5);
        await page.waitForSelector('[role=row]:has-text("(coldSpot)")');
        await page.getByRole('button', { name: 'More' }).click();
        await page.getByRole('menuitem', { name: /^Clear/ }).click();
        await page.waitForSelector('.empty');
        await page.getByRole('button', { name: 'Recording' }).click();
        await page.waitForSelector('button:text("Stopped")');
        await page.waitForSelector('.empty :text("No sample is taken")');
        assert.deepEqual(problems, []);
      });
    } finally {
      await live.stop();
    }
  });

  test('a server that dies: the page says so, keeps what it shows, and goes on when it is back', async () => {
    const mortal = await startBusyServer();
    await mortal.get('/hot?ms=200');
    await looking(`${mortal.url}${PAGE}`, async (page) => {
      await page.waitForSelector('[role=row]:has-text("(hotSpot)")');
      await mortal.stop();
      await page.waitForSelector('.failing:has-text("does not answer")');
      assert.equal(await page.locator('[role=row]:has-text("(hotSpot)")').count(), 1);
      const back = await startServer('test/fixtures/browser/busy.mjs', { env: { PORT: String(mortal.port) } });
      try {
        await back.get('/cold?ms=200');
        await page.waitForSelector('[role=row]:has-text("(coldSpot)")');
        assert.equal(await page.locator('.failing').count(), 0);
      } finally {
        await back.stop();
      }
    });
  });

  test('a route that nobody has seen is said, with a way back', async () => {
    await looking(`${server.url}${PAGE}?route=GET+/none`, async (page) => {
      await page.waitForSelector('.failing:has-text("has not been seen")');
      await page.getByRole('button', { name: 'Show everything' }).click();
      await page.waitForSelector('[role=row]:has-text("(burn)")');
    });
  });

  test('token: the page opens once the token was in the URL, and its cookie serves the rest', async () => {
    const guarded = await startBusyServer({ PROFILER_TOKEN: 'secret-of-the-test' });
    try {
      assert.equal(await (await guarded.get(PAGE, { headers: { accept: 'text/html' } })).text(), 'done\n');
      const headers = { authorization: 'Bearer secret-of-the-test' };
      await guarded.get('/hot?ms=200');
      assert.equal((await act(guarded.url, 'recording', '{"on": true}', headers)).status, 200);
      await looking(`${guarded.url}/__profile__?token=secret-of-the-test&tab=table`, async (page, { problems }) => {
        await page.waitForSelector('[role=row]:has-text("(hotSpot)")');
        assert.equal(page.url(), `${guarded.url}${PAGE}?tab=table`);
        assert.deepEqual(problems, []);
      });
      const assets = /assets\/app-[\w-]+\.js/.exec(
        await (await guarded.get(PAGE, { headers: { ...headers, accept: 'text/html' } })).text(),
      );
      assert.ok(assets);
      assert.equal(await (await guarded.get(PAGE + assets[0])).text(), 'done\n', 'assets pass the access rules');
    } finally {
      await guarded.stop();
    }
  });
});
