/** Every tab of the page in a real browser: its figures are the API's and the text table's, to the displayed digit. */

import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ProfileAnswer } from '../../src/api/types.ts';
import { formatSamples, formatSeconds } from '../../src/profile/display-figures.ts';
import { statsRows } from '../../src/profile/stats.ts';
import { sumColumn } from '../../src/profile/totals.ts';
import { launchChromium, needsChromium, openPage, visitCleanly } from '../helpers/browser.ts';
import type { TestServer } from '../helpers/server.ts';
import { PAGE, recordAndStop, startBusyServer } from './busy-server.ts';

describe('the tabs', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  let profile: ProfileAnswer;
  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), startBusyServer()]);
    profile = await recordAndStop(server);
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const looking = (query: string, look: (page: Page) => Promise<void>): Promise<void> =>
    visitCleanly(browser, `${server.url}${PAGE}${query}`, look);

  test('the page opens with and without a slash at the end of its path, and keeps its query', async () => {
    await looking('', async (page) => assert.equal(await page.title(), 'profiler'));
    const { page, close } = await openPage(browser, `${server.url}/__profile__?sort=cumulative&limit=5`);
    assert.equal(page.url(), `${server.url}/__profile__/?sort=cumulative&limit=5`);
    await close();
  });

  test('overview: the function that costs the most is the first row, without a click', async () => {
    await looking('', async (page) => {
      assert.match((await rowsOf(page))[0]?.at(-2) ?? '', /burn\.mjs:\d+\(burn\)/);
      const drawn = await page.locator('.flame canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        return new Set(Array.from(data).filter((_value, index) => index % 4 === 0)).size;
      });
      assert.ok(drawn > 3, 'the flame graph is drawn');
    });
  });

  test('table: every figure is the text table’s', async () => {
    const text = await (await server.get('/__profile__/stats?sort=cumulative&limit=60')).text();
    const expected = text
      .split('\n')
      .filter((line) => /^ +[\d.]+ +\d+\.\d{3} /.test(line))
      .map((line) => line.trim().split(/ +/));
    assert.ok(expected.length > 5);
    await looking('?sort=cumulative&limit=60', async (page) => {
      const shown = (await rowsOf(page)).map(([samples, self, , perCall, total, , totalPerCall, , name]) => [
        samples,
        self,
        perCall,
        total,
        totalPerCall,
        name,
      ]);
      assert.ok(shown.length > 5);
      assert.deepEqual(
        shown,
        expected.slice(0, shown.length).map(([a, b, c, d, e, ...name]) => [a, b, c, d, e, name.join(' ')]),
      );
    });
  });

  test('table: callers and callees have the edges of the text table', async () => {
    for (const mode of ['callers', 'callees']) {
      const text = await (await server.get(`/__profile__/stats?mode=${mode}&sort=cumulative`)).text();
      await looking(`?mode=${mode}&sort=cumulative`, async (page) => {
        const edges = (await rowsOf(page)).filter(([name]) => /^[←→]/.test(name ?? ''));
        assert.ok(edges.length > 3);
        for (const [name = '', samples = '', self = '', total = ''] of edges)
          assert.match(text, new RegExp(`${samples} +${self} +${total} +${escaped(name.slice(2))}`));
      });
    }
  });

  test('header: requests and samples are the API’s', async () => {
    await looking('', async (page) => {
      assert.equal(await page.textContent('[data-fact=requests]'), String(profile.requests));
      const samples = sumColumn(profile.nodes.self.samples);
      assert.equal(
        await page.textContent('[data-fact=samples]'),
        samples.toLocaleString('en-US', { maximumFractionDigits: 1 }),
      );
    });
  });

  test('drawer: self, total and samples of the selected function, its callers, its routes', async () => {
    const row = statsRows(profile, 'cpu').find(({ info }) => info.name === 'burn');
    assert.ok(row);
    await looking('', async (page) => {
      await page.click('[role=row]:has-text("(burn)")');
      const drawer = await page.locator('.drawer').innerText();
      assert.match(drawer, new RegExp(`Self\\s+${formatSeconds(row.selfNs)} s`));
      assert.match(drawer, new RegExp(`Total\\s+${formatSeconds(row.totalNs)} s`));
      assert.match(drawer, new RegExp(`Samples\\s+${formatSamples(row.totalSamples)}`));
      for (const caller of ['hotSpot', 'coldSpot', 'recursive']) assert.match(drawer, new RegExp(caller));
      await page.waitForSelector('.drawer :text("GET /hot")');
    });
  });

  test('sandwich: callers and callees of the selected function', async () => {
    await looking('?tab=sandwich', async (page) => {
      await page.waitForSelector('h2:text("Callers of burn")');
      const tree = page.getByRole('tree', { name: /^Callers/ });
      await tree.focus();
      for (const _step of [1, 2]) await page.keyboard.press('ArrowUp');
      assert.match((await tree.getByRole('treeitem', { selected: true }).innerText()) ?? '', /hotSpot/);
    });
  });

  test('tree: top down and bottom up unfold with the keyboard, and totals are the table’s', async () => {
    await looking('?tab=tree&direction=up', async (page) => {
      const row = statsRows(profile, 'cpu').find(({ info }) => info.name === 'burn');
      const [total, , self, , name] = (await rowsOf(page, 'treegrid'))[0] ?? [];
      assert.deepEqual([total, self], [formatSeconds(row?.selfNs ?? 0), formatSeconds(row?.selfNs ?? 0)]);
      assert.match(name ?? '', /burn/);
      await page.getByRole('treegrid').focus();
      for (const key of ['ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
      assert.match((await rowsOf(page, 'treegrid'))[1]?.at(-1) ?? '', /hotSpot/);
      await page.keyboard.press('ArrowLeft');
      assert.doesNotMatch((await rowsOf(page, 'treegrid'))[1]?.at(-1) ?? '', /hotSpot/);
    });
  });

  test('diff: what only one route does is slower there and faster on the other side', async () => {
    await looking('?tab=diff&route=GET+/hot&base=1&base.route=GET+/cold', async (page) => {
      await page.waitForSelector('.slower [role=row]:has-text("hotSpot"), .slower [role=row]:has-text("burn")');
      const slower = await page.locator('.slower [role=row]:has-text("burn")').first().innerText();
      assert.match(slower, /^\+/);
    });
  });

  test('diff: a pprof file of the same server is a baseline without differences', async () => {
    const file = Buffer.from(await (await server.get('/__profile__/api/v1/export?format=pprof')).arrayBuffer());
    await looking('?tab=diff', async (page) => {
      await page.setInputFiles('input[type=file]', {
        name: 'before.pb.gz',
        mimeType: 'application/gzip',
        buffer: file,
      });
      await page.waitForSelector('.diff-lists');
      const counts = await page.locator('.diff-lists h2 .count').allInnerTexts();
      assert.deepEqual(counts, ['0', '0']);
      await page.setInputFiles('input[type=file]', {
        name: 'bad.gz',
        mimeType: 'application/gzip',
        buffer: Buffer.from('no'),
      });
      await page.waitForSelector('.failing:has-text("bad.gz is not a readable pprof profile")');
    });
  });
});

/** Cells of the rows that are built, which begin with the first. */
async function rowsOf(page: Page, role: 'grid' | 'treegrid' = 'grid'): Promise<string[][]> {
  await page.waitForSelector(`[role=${role}] [role=rowgroup] [role=row]`);
  return page
    .locator(`[role=${role}] [role=rowgroup] [role=row]`)
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => (cell.textContent ?? '').trim())));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
