/** What a request of Node.js's http client asks for. */

import type { ClientRequest } from 'node:http';
import { urlLabel } from './url-label.ts';

export function clientLabel(request: ClientRequest): string {
  const host = request.getHeader('host');
  return `http ${urlLabel(request.method, typeof host === 'string' ? host : request.host, request.path)}`;
}
