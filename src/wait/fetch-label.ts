/** What a call of fetch asks for. */

import { urlLabel } from './url-label.ts';

type Fetch = typeof globalThis.fetch;

export function fetchLabel(input: Parameters<Fetch>[0], init?: Parameters<Fetch>[1]): string {
  const isRequest = typeof input === 'object' && 'url' in input;
  const url = new URL(isRequest ? input.url : String(input));
  return urlLabel(init?.method ?? (isRequest ? input.method : undefined), url.host, url.pathname);
}
