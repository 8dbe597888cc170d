/** What hands do: the keys that move through rows, copying, wheel, drag and two fingers on the flame graph, and no mouse at all. */

import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, needsChromium, visit } from '../helpers/browser.ts';
import type { TestServer } from '../helpers/server.ts';
import { PAGE, recordAndStop, startBusyServer } from './busy-server.ts';
import { pictureOf } from './picture-of.ts';

describe('hands', await needsChromium(), () => {
  let browser: Browser;
  let server: TestServer;
  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), startBusyServer()]);
    await recordAndStop(server);
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  const looking = (query: string, look: (page: Page) => Promise<void>): Promise<void> =>
    visit(browser, `${server.url}${PAGE}${query}`, look, { permissions: ['clipboard-read', 'clipboard-write'] });
  const selected = (page: Page): Promise<string | null> =>
    page.evaluate(() => new URLSearchParams(location.search).get('fn'));

  test('j and k go down and up, p opens the sandwich', () =>
    looking('?tab=table', async (page) => {
      await page.waitForSelector('[role=grid] [role=gridcell]');
      await page.keyboard.press('j');
      const first = await selected(page);
      await page.keyboard.press('j');
      assert.notEqual(await selected(page), first);
      await page.keyboard.press('k');
      assert.equal(await selected(page), first);
      await page.keyboard.press('p');
      assert.equal(await page.evaluate(() => new URLSearchParams(location.search).get('tab')), 'sandwich');
    }));

  test('a function is copied as name, place, stack and Markdown; the table as TSV', () =>
    looking('?route=GET+/hot', async (page) => {
      await page.keyboard.press('j');
      const drawer = page.locator('.drawer');
      const copied = async (button: string): Promise<string> => {
        await drawer.getByRole('button', { name: button, exact: true }).click();
        await page.waitForSelector('.toast');
        return page.evaluate(() => navigator.clipboard.readText());
      };
      assert.equal(await copied('Name'), 'burn');
      assert.match(await copied('file:line'), /\/burn\.mjs:\d+$/);
      assert.match(await copied('Stack'), /hotSpot[^\n]*\n[^\n]*burn|burn[^\n]*\n[^\n]*hotSpot/);
      const share = await drawer.locator('dd .share').first().innerText();
      const markdown = await copied('Markdown');
      assert.match(markdown, /^### `burn`\n/);
      assert.ok(markdown.includes(`(${share})`), `${share} in ${markdown}`);
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'Copy the table (TSV)' }).click();
      const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
      assert.ok(
        lines.some((line) => line.split('\t').length > 4 && line.includes('burn.mjs')),
        lines[0],
      );
    }));

  test('wheel, drag and two fingers move the flame graph', () =>
    looking('', async (page) => {
      await page.waitForFunction(() => (document.querySelector('canvas')?.width ?? 0) > 0);
      const whole = await pictureOf(page);
      const box = await page.locator('.flame-scroller').boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + 200, box.y + 60);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -200);
      await page.keyboard.up('Control');
      const zoomed = await pictureOf(page);
      assert.notEqual(zoomed, whole, 'the wheel zooms');
      await page.mouse.down();
      await page.mouse.move(box.x + 320, box.y + 60, { steps: 4 });
      await page.mouse.up();
      const dragged = await pictureOf(page);
      assert.notEqual(dragged, zoomed, 'a drag pans');
      assert.equal(await selected(page), null, 'and chooses nothing');
      await pinch(page, [box.x + 200, box.x + 260], [box.x + 100, box.x + 400], box.y + 60);
      assert.notEqual(await pictureOf(page), dragged, 'two fingers zoom');
      await page.keyboard.press('0');
      assert.equal(await pictureOf(page), whole);
    }));

  test('with the keyboard alone every control can be reached, and what has the focus is seen', () =>
    looking('', async (page) => {
      await page.waitForSelector('[role=grid] [role=gridcell]');
      const wanted = ['All routes', 'CPU', 'Live', 'Capture', 'Export', 'More', '?', 'Overview', 'Diff', 'Search'];
      const met: string[] = [];
      for (let presses = 0; presses < 150; presses++) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement | null;
          if (!element || element === document.body) return null;
          const { outlineStyle, boxShadow } = getComputedStyle(element);
          const label = element.getAttribute('aria-label') ?? '';
          const placeholder = element.getAttribute('placeholder') ?? '';
          return {
            name: `${element.innerText ?? ''}|${label}|${placeholder}`,
            isSeen: outlineStyle !== 'none' || boxShadow !== 'none' || element.getAttribute('role') === 'tree',
          };
        });
        if (focus === null) continue;
        met.push(focus.name);
        assert.ok(focus.isSeen, `nothing shows that ${focus.name} has the focus`);
      }
      for (const name of wanted)
        assert.ok(
          met.some((each) => each.split('|').some((part) => part.trim().startsWith(name))),
          `${name} is not among ${[...new Set(met)].join(', ')}`,
        );
    }));
});

/** Two fingers move sideways from one pair of places to another. */
async function pinch(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
  y: number,
): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const steps = 5;
  const touches = (step: number): { x: number; y: number; id: number }[] =>
    [0, 1].map((id) => {
      const [start, end] = [from[id] ?? 0, to[id] ?? 0];
      return { x: start + ((end - start) * step) / steps, y, id };
    });
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: touches(0) });
  for (let step = 1; step <= steps; step++)
    await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: touches(step) });
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await client.detach();
}
