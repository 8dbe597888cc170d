/** Runs in a real browser: an earlier one is chosen, looked through and compared with; what blocks whom is said and followed. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { RoutesAnswer, RunsAnswer } from '../../src/api/types.ts';
import { formatDuration } from '../../src/profile/duration.ts';
import { violations } from '../helpers/axe.ts';
import { launchChromium, needsChromium, openPage, visitCleanly } from '../helpers/browser.ts';
import { dataFolder } from '../helpers/data-folder.ts';
import { api, assertCounted, until } from '../helpers/host-server.ts';
import type { TestServer } from '../helpers/server.ts';
import { PAGE, startBusyServer } from './busy-server.ts';

describe('runs and blockers', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  let earlier = '';
  const env = {
    PROFILER_DATA_DIR: join(dataFolder(), 'browser-runs'),
    PROFILER_SLOW_MS: '80',
    PROFILER_WAITS: 'all',
  };
  before(async () => {
    const [launched, first] = await Promise.all([launchChromium(), startBusyServer(env)]);
    browser = launched;
    await first.get('/cold?ms=150');
    await first.get('/hot?ms=100');
    await assertCounted(first.url, 2);
    await first.stop();
    server = await startBusyServer(env);
    await blockOnce();
    await assertCounted(server.url, 2);
    const { runs } = await api<RunsAnswer>(server.url, 'runs');
    earlier = runs.find(({ isCurrent }) => !isCurrent)?.id ?? '';
    assert.notEqual(earlier, '');
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  /** One waits while the other, which comes later, holds the thread for longer: its timer is late. */
  const blockOnce = async (): Promise<void> => {
    const waiting = server.get('/waiting?ms=150');
    await sleep(50);
    await Promise.all([waiting, server.get('/hot?ms=400')]);
  };
  const looking = (query: string, look: (page: Page) => Promise<void>): Promise<void> =>
    visitCleanly(browser, `${server.url}${PAGE}${query}`, look);
  const rail = (page: Page): Promise<string> => page.locator('nav').first().innerText();

  test('an earlier run: its routes, its slow requests with their timelines, and back', () =>
    looking('', async (page) => {
      await page.waitForSelector('[data-fact=samples]');
      assert.ok(!(await rail(page)).includes('/cold'));
      const picker = page.getByRole('combobox', { name: 'Run', exact: true });
      await picker.selectOption(earlier);
      await page.locator('nav', { hasText: '/cold' }).first().waitFor();
      assert.equal(await page.evaluate(() => new URLSearchParams(location.search).get('run')), earlier);
      await page.getByRole('tab', { name: 'Requests' }).click();
      await page.locator('[role=row]', { hasText: 'GET /cold' }).first().click();
      await page.waitForSelector('.lane.own [role=option]');
      const link = await page.evaluate(() => location.href);
      await page.goto(link);
      await page.waitForSelector('.lane.own [role=option]');
      await picker.selectOption('');
      await page.locator('nav', { hasText: '/waiting' }).first().waitFor();
    }));

  test('another run is the baseline of a diff, also by its link', () =>
    looking('?tab=diff&route=GET+/hot', async (page) => {
      await page.getByRole('combobox', { name: 'Another run as baseline' }).selectOption(earlier);
      await page.waitForSelector('.diff-lists');
      assert.match(await page.locator('.diff .tools').innerText(), /1 requests.*Compared: 1 requests/s);
      assert.equal(await page.evaluate(() => new URLSearchParams(location.search).get('base.run')), earlier);
      await page.reload();
      await page.waitForSelector('.diff-lists');
      // Its id, until the list of runs has come.
      await page.locator('.diff .tools', { hasText: 'run of ' }).waitFor();
      // And the other way round: this run is the baseline of the earlier one.
      await page.goto(`${server.url}${PAGE}?tab=diff&route=GET+/hot&run=${earlier}&base=1&base.route=GET+/hot`);
      await page.waitForSelector('.diff-lists');
      assert.match(await page.locator('.diff .tools').innerText(), /GET \/hot, since the start, this run/i);
    }));

  test('a function that only an earlier run has shows its source', () =>
    looking(`?run=${earlier}&tab=table&sort=name`, async (page) => {
      await page.locator('[role=row]', { hasText: 'coldSpot' }).first().click();
      await page.getByRole('tab', { name: 'Source' }).click();
      await page.locator('.grid-row.code', { hasText: 'function coldSpot' }).first().waitFor();
      assert.deepEqual(await violations(page), []);
    }));

  test('memory without heap=true: a capture is proposed, and a link to it leads back', async () => {
    const { page, close } = await openPage(browser, `${server.url}${PAGE}`);
    await page.getByRole('button', { name: 'Memory', exact: true }).click();
    assert.ok(await page.getByRole('radio', { name: /^Heap/ }).isChecked());
    await page.goto(`${server.url}${PAGE}?capture=memory`);
    await page.getByRole('alert').filter({ hasText: 'PROFILER_HEAP=true' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Back to what is recorded' }).click();
    await page.waitForSelector('[data-fact=samples]');
    assert.equal(await page.getByRole('alert').count(), 0);
    await close();
  });

  test('with heap=true memory in use is one click away, in every view, and a link opens it', async () => {
    const sampled = await startBusyServer({ ...env, PROFILER_HEAP: 'true' });
    try {
      for (let sent = 0; sent < 20; sent++) await sampled.get('/keep');
      await assertCounted(sampled.url, 20);
      const { page, problems, close } = await openPage(browser, `${sampled.url}${PAGE}?run=${earlier}`);
      await page.locator('nav', { hasText: '/cold' }).first().waitFor();
      await page.getByRole('button', { name: 'Memory', exact: true }).click();
      await page.waitForSelector('text=of the heap, estimated by sampling');
      // It is of the process that runs now, and so are the routes beside it.
      await page.locator('nav', { hasText: '/keep' }).first().waitFor();
      assert.ok(!(await rail(page)).includes('/cold'));
      assert.equal(await page.evaluate(() => new URLSearchParams(location.search).get('run')), null);
      assert.deepEqual(await violations(page), []);
      await page.getByRole('tab', { name: 'Table' }).click();
      await page.locator('[role=row]', { hasText: 'keep' }).first().waitFor();
      await page.reload();
      await page.locator('[role=row]', { hasText: 'keep' }).first().waitFor();
      await page.getByTitle('Back to what is recorded').click();
      await page.waitForSelector('[data-fact=samples]');
      assert.deepEqual(problems, []);
      await close();
    } finally {
      await sampled.stop();
    }
  });

  test('what blocked a route is said with its time, as the API has it, and leads to the function', async () => {
    const waiting = async (): Promise<RoutesAnswer['routes'][number] | undefined> =>
      (await api<RoutesAnswer>(server.url, 'routes')).routes.find(({ route }) => route === 'GET /waiting');
    // What held the thread is known from samples: once in a while one request has none.
    await until(async () => {
      if (((await waiting())?.blockedBy ?? []).length > 0) return true;
      await blockOnce();
      return false;
    }, waiting);
    const { blockedBy: [worst] = [], requests = 0 } = (await waiting()) ?? {};
    assert.equal(worst?.route, 'GET /hot');
    await looking('?route=GET+/waiting', async (page) => {
      const line = page.locator('.blocked');
      await line.waitFor();
      const text = await line.innerText();
      const said = /in GET \/hot, at most ([\d.]+ \S+) per request, ([\d.]+ \S+) in all/.exec(text)?.slice(1);
      const blockedNs = (worst?.ms ?? 0) * 1e6;
      assert.deepEqual(said, [formatDuration(blockedNs / requests), formatDuration(blockedNs)], text);
      await line.getByRole('button').first().click();
      await page.waitForSelector(`.drawer h2:text("${worst?.name}")`);
      assert.deepEqual(await page.evaluate(() => new URLSearchParams(location.search).getAll('route')), ['GET /hot']);
      // A route that only waits may have a sample or none. Without any figure it is said all the same.
      await page.goto(`${server.url}${PAGE}?route=GET+/waiting&do=focus:nobody`);
      await page.locator('.empty .blocked', { hasText: 'in GET /hot' }).waitFor();
      assert.deepEqual(await violations(page), []);
    });
  });
});
