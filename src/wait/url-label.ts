/** What an outgoing HTTP request is called: method, host and the path without query, ids put in general terms. */

import { urlTemplate } from '../request/url-template.ts';

/** @param path may have a query, which is left out: it can hold secrets. */
export function urlLabel(client: string, method: string, host: string, path: string): string {
  return `${client} ${method} ${host}${urlTemplate(path.split(/[?#]/, 1)[0] ?? '')}`;
}
