/** The page where servers really are: behind a proxy that adds a prefix, over https and HTTP/2. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium, needsChromium, openPage } from '../helpers/browser.ts';
import { skipUnless } from '../helpers/debian-program.ts';
import { freePort } from '../helpers/free-port.ts';
import { overHttp2 } from '../helpers/over-http2.ts';
import { PAGE, startBusyServer } from './busy-server.ts';

const TOKEN = 'behind-a-proxy';
const nginx = await skipUnless('nginx', ['-v'], 'nginx-light');

describe('where servers are', await needsChromium(), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  async function seesHotSpot(url: string, expectedUrl: string, options: BrowserContextOptions = {}): Promise<void> {
    const { page, problems, close } = await openPage(browser, url, { ignoreHTTPSErrors: true, ...options });
    try {
      await page.waitForSelector('[role=row]:has-text("(hotSpot)")');
      assert.equal(page.url(), expectedUrl);
      assert.deepEqual(problems, []);
    } finally {
      await close();
    }
  }

  test('behind an nginx that adds a prefix, the page and all it asks for are found', nginx, async () => {
    const server = await startBusyServer({ PROFILER_TOKEN: TOKEN });
    const proxy = await startNginx(server.port);
    try {
      await server.get('/hot?ms=200');
      // The cookie's path is the server's own, which a browser behind the prefix does not know: the header is for such proxies.
      const options = { extraHTTPHeaders: { authorization: `Bearer ${TOKEN}` } };
      const url = `http://127.0.0.1:${proxy.port}/tools/shop/__profile__`;
      await seesHotSpot(`${url}?tab=table`, `${url}/?tab=table`, options);
      await seesHotSpot(`${url}/`, `${url}/`, options);
    } finally {
      await proxy.stop();
      await server.stop();
    }
  });

  test('over https', async () => {
    const server = await startBusyServer({ TLS: '1' });
    try {
      const url = `https://127.0.0.1:${server.port}`;
      const { page, close } = await openPage(browser, `${url}${PAGE}`, { ignoreHTTPSErrors: true });
      await page.evaluate(() => fetch('/hot?ms=200'));
      await close();
      await seesHotSpot(`${url}/__profile__`, `${url}${PAGE}`);
    } finally {
      await server.stop();
    }
  });

  test('over HTTP/2', async () => {
    const server = await overHttp2(await startBusyServer({ TLS: '2' }), 'https');
    try {
      await server.get('/hot?ms=200');
      await seesHotSpot(`${server.url}/__profile__`, `${server.url}${PAGE}`);
    } finally {
      await server.stop();
    }
  });
});

async function startNginx(upstream: number): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'profiler-nginx-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    location /tools/shop/ { proxy_pass http://127.0.0.1:${upstream}/; proxy_http_version 1.1; }
  }
}
`,
  );
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
  const ended = once(child, 'close');
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await delay(50);
  }
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
