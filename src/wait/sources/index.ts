/** The list of sources of waits. */

import type { WaitSource } from './contract.ts';
import { coreSource } from './core.ts';
import { fetchSource } from './fetch.ts';
import { fileStreamSource } from './file-stream.ts';
import { httpBodySource } from './http-body.ts';
import { httpClientSource } from './http-client.ts';
import { http2ClientSource } from './http2-client.ts';

export const waitSources: readonly WaitSource[] = [
  coreSource,
  httpClientSource,
  http2ClientSource,
  fetchSource,
  httpBodySource,
  fileStreamSource,
];
