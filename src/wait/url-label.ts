/** What an outgoing HTTP request is called: method, host and the path without query, ids put in general terms. */

import { urlTemplate } from '../request/url-template.ts';

const MAX_METHOD = 20;

/** @param path may have a query, which is left out: it can hold secrets. */
export function urlLabel(method: string | undefined, host: string, path: string): string {
  const verb = (method ?? 'GET').toUpperCase().slice(0, MAX_METHOD);
  return `${verb} ${host}${urlTemplate(path.split(/[?#]/, 1)[0] ?? '')}`;
}
