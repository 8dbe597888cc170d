/** Runs in a real browser: an earlier one is chosen, looked through and compared with; what blocks whom is said and followed. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { RoutesAnswer, RunsAnswer } from '../../src/api/types.ts';
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
    // One waits while the other, which comes later, holds the thread for longer: its timer is late.
    const waiting = server.get('/waiting?ms=150');
    await sleep(50);
    await Promise.all([waiting, server.get('/hot?ms=400')]);
    await assertCounted(server.url, 2);
    const { runs } = await api<RunsAnswer>(server.url, 'runs');
    earlier = runs.find(({ isCurrent }) => !isCurrent)?.id ?? '';
    assert.notEqual(earlier, '');
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

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
      assert.match(await page.locator('.diff .tools').innerText(), /run of /);
    }));

  test('with heap=true memory in use is one click away, in every view, and a link opens it', async () => {
    const sampled = await startBusyServer({ PROFILER_HEAP: 'true' });
    try {
      for (let sent = 0; sent < 20; sent++) await sampled.get('/keep');
      await assertCounted(sampled.url, 20);
      const { page, problems, close } = await openPage(browser, `${sampled.url}${PAGE}`);
      await page.getByRole('button', { name: 'Memory', exact: true }).click();
      await page.waitForSelector('text=of the heap, estimated by sampling');
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
    const blockedBy = async (): Promise<RoutesAnswer['routes'][number]['blockedBy']> =>
      (await api<RoutesAnswer>(server.url, 'routes')).routes.find(({ route }) => route === 'GET /waiting')?.blockedBy ??
      [];
    await until(async () => (await blockedBy()).length > 0, blockedBy);
    const [worst] = await blockedBy();
    assert.equal(worst?.route, 'GET /hot');
    await looking('?route=GET+/waiting&metric=wait', async (page) => {
      const line = page.locator('.blocked');
      await line.waitFor();
      const ms = Number(/in GET \/hot, ([\d.]+) ms per request/.exec(await line.innerText())?.[1]);
      assert.ok(Math.abs(ms - (worst?.ms ?? 0)) < 1, `${ms} ms on the page, ${worst?.ms} ms of the API`);
      await line.getByRole('button').first().click();
      await page.waitForSelector(`.drawer h2:text("${worst?.name}")`);
      assert.deepEqual(await page.evaluate(() => new URLSearchParams(location.search).getAll('route')), ['GET /hot']);
    });
  });
});
