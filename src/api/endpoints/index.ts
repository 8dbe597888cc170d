/** The list of endpoints. */

import { clearEndpoint, recordingEndpoint } from './actions.ts';
import { cancelCaptureEndpoint, captureEndpoint, capturesEndpoint, startCaptureEndpoint } from './captures.ts';
import type { Endpoint } from './contract.ts';
import { diffEndpoint } from './diff.ts';
import { exportEndpoint } from './export.ts';
import { functionEndpoint } from './function.ts';
import { memoryEndpoint } from './memory.ts';
import {
  pprofAllocsEndpoint,
  pprofHeapEndpoint,
  pprofIndexEndpoint,
  pprofProfileEndpoint,
  pprofUnknownEndpoint,
} from './pprof.ts';
import { profileEndpoint } from './profile.ts';
import { requestEndpoint, requestsEndpoint } from './requests.ts';
import { routesEndpoint } from './routes.ts';
import { runsEndpoint } from './runs.ts';
import { slicesEndpoint } from './slices.ts';
import { sourceEndpoint } from './source.ts';
import { pageEndpoint, statsEndpoint } from './stats.ts';
import { statusEndpoint } from './status.ts';

export const endpoints: readonly Endpoint[] = [
  pageEndpoint,
  statsEndpoint,
  statusEndpoint,
  routesEndpoint,
  runsEndpoint,
  profileEndpoint,
  slicesEndpoint,
  diffEndpoint,
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
  pprofAllocsEndpoint,
  // After those that are known: the first that fits answers.
  pprofUnknownEndpoint,
];
