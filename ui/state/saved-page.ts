/**
 * The page as one file that opens from disk: script, style and recording in it, nothing to load, nobody to ask. Made by the browser; the
 * server only sends what it has sent before.
 */

import type { CaptureAnswer, ProfileAnswer, RoutesAnswer, StatusAnswer } from '../../src/api/types.ts';
import { queryOf } from '../model/view.ts';
import { type Client, RequestFailure } from './client.ts';
import { partQuery, profileQuery } from './selection-query.ts';
import type { Store } from './store.ts';

const DATA_ID = 'recording';

interface Saved {
  readonly status: StatusAnswer;
  readonly routes: RoutesAnswer;
  readonly profile: ProfileAnswer;
  /** The capture that is shown. */
  readonly capture: CaptureAnswer | null;
  /** Query string of the view. */
  readonly view: string;
}

export async function savedPage({ client, view }: Store, signal: AbortSignal): Promise<Blob> {
  const now = Date.now();
  const { capture: id } = view.value;
  const capture = id === null ? null : await client.capture(id, signal);
  const saved: Saved = {
    status: await client.status(signal),
    routes: await client.routes(partQuery(view.value, now), signal),
    profile: await client.profile(profileQuery(view.value, capture, now), signal),
    capture,
    view: queryOf(view.value),
  };
  const text = async (selector: string, attribute: string): Promise<string> => {
    const url = document.querySelector(selector)?.getAttribute(attribute);
    if (!url) throw new Error('this page is a saved one already');
    return (await fetch(url, { signal })).text();
  };
  const script = await text('script[src]', 'src');
  const style = await text('link[rel=stylesheet]', 'href');
  const nonce = crypto.getRandomValues(new Uint32Array(4)).join('');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:`;
  return new Blob(
    [
      '<!doctype html><html lang="en"><head><meta charset="utf-8">',
      `<meta http-equiv="content-security-policy" content="${policy}">`,
      '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
      `<title>profile</title><style nonce="${nonce}">`,
      // A bundle is free to contain either in a string.
      style.replaceAll('</style', '<\\/style'),
      `</style></head><body><div id="app"></div><template id="${DATA_ID}">`,
      await packed(JSON.stringify(saved)),
      `</template><script type="module" nonce="${nonce}">`,
      script.replaceAll('</script', '<\\/script'),
      '</script></body></html>',
    ],
    { type: 'text/html' },
  );
}

export interface SavedPage {
  readonly client: Client;
  /** Query string of the view that was saved. */
  readonly view: string;
}

/** @returns null where the page is not a saved one. */
export async function openSavedPage(page: Document): Promise<SavedPage | null> {
  const text = page.querySelector<HTMLTemplateElement>(`template#${DATA_ID}`)?.content.textContent;
  if (!text) return null;
  const saved = JSON.parse(await unpacked(text)) as Saved;
  const refuse = (): Promise<never> => Promise.reject(new RequestFailure(0, '', 'a saved page has no server'));
  const { capture } = saved;
  const client: Client = {
    isConnected: false,
    status: () => Promise.resolve(saved.status),
    routes: () => Promise.resolve(saved.routes),
    profile: () => Promise.resolve(saved.profile),
    runs: refuse,
    capture: () => (capture === null ? refuse() : Promise.resolve(capture)),
    captures: () => Promise.resolve({ captures: capture === null ? [] : [capture] }),
    startCapture: refuse,
    cancelCapture: refuse,
    function: refuse,
    source: refuse,
    requests: refuse,
    request: refuse,
    file: refuse,
    clear: refuse,
    setRecording: refuse,
  };
  return { client, view: saved.view };
}

/** Base64 of gzip: a tenth of the size, and nothing in it can be taken for markup. */
async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const parts: string[] = [];
  // A multiple of 3, so that parts of base64 can be joined; short enough to be spread into arguments.
  for (let at = 0; at < bytes.length; at += 24_576)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 24_576))));
  return parts.join('');
}

async function unpacked(text: string): Promise<string> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}
