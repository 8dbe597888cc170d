/** The list of endpoints. */

import { clearEndpoint, recordingEndpoint } from './actions.ts';
import { cancelCaptureEndpoint, captureEndpoint, capturesEndpoint, startCaptureEndpoint } from './captures.ts';
import type { Endpoint } from './contract.ts';
import { exportEndpoint } from './export.ts';
import { functionEndpoint } from './function.ts';
import { memoryEndpoint } from './memory.ts';
import { pprofHeapEndpoint, pprofIndexEndpoint, pprofProfileEndpoint } from './pprof.ts';
import { profileEndpoint } from './profile.ts';
import { requestEndpoint, requestsEndpoint } from './requests.ts';
import { routesEndpoint } from './routes.ts';
import { sourceEndpoint } from './source.ts';
import { pageEndpoint, statsEndpoint } from './stats.ts';
import { statusEndpoint } from './status.ts';

export const endpoints: readonly Endpoint[] = [
  pageEndpoint,
  statsEndpoint,
  statusEndpoint,
  routesEndpoint,
  profileEndpoint,
  functionEndpoint,
  sourceEndpoint,
  requestsEndpoint,
  requestEndpoint,
  memoryEndpoint,
  exportEndpoint,
  clearEndpoint,
  recordingEndpoint,
  startCaptureEndpoint,
  capturesEndpoint,
  captureEndpoint,
  cancelCaptureEndpoint,
  pprofIndexEndpoint,
  pprofProfileEndpoint,
  pprofHeapEndpoint,
];
