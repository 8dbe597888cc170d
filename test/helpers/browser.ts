/** Real headless Chromium for the tests of the page, and a page in it that notes everything that goes wrong. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { skipUnless } from './debian-program.ts';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is: named by PROFILER_TEST_CHROMIUM, or where distributions put it. */
function programPath(): string {
  return process.env['PROFILER_TEST_CHROMIUM'] ?? PROGRAMS.find((path) => existsSync(path)) ?? 'chromium';
}

/** Test options: skipped, with the reason, where there is no Chromium and none can be installed. */
export function needsChromium(): Promise<{ skip: string | false }> {
  return skipUnless(programPath(), ['--version'], 'chromium');
}

/** Without its sandbox where the tests run as root, which it refuses otherwise. */
export function launchChromium(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: programPath(), args });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, of the console, of the content security policy, and requests that failed or left the server. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** @param url of the page, opened until its first figures are there. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const isOwn = new URL(request.url()).host === new URL(url).host || /^(?:data|blob):/.test(request.url());
    if (!isOwn) problems.push(`asks ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector('[data-fact=samples], .empty:not(.loading), .failing');
  return { page, problems, close: () => context.close() };
}

/** Opens a page, looks at it, and closes it whatever happens. */
export async function visit(
  browser: Browser,
  url: string,
  look: (page: Page, watched: WatchedPage) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const watched = await openPage(browser, url, options);
  try {
    await look(watched.page, watched);
  } finally {
    await watched.close();
  }
}

/** The same, of a page that must not have had a problem by then. */
export async function visitCleanly(
  browser: Browser,
  url: string,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  await visit(
    browser,
    url,
    async (page, { problems }) => {
      await look(page);
      assert.deepEqual(problems, []);
    },
    options,
  );
}
