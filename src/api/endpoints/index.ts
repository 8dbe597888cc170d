/** The list of endpoints. */

import { clearEndpoint, recordingEndpoint } from './actions.ts';
import { cancelCaptureEndpoint, captureEndpoint, capturesEndpoint, startCaptureEndpoint } from './captures.ts';
import type { Endpoint } from './contract.ts';
import { exportEndpoint } from './export.ts';
import { functionEndpoint } from './function.ts';
import { pprofHeapEndpoint, pprofIndexEndpoint, pprofProfileEndpoint } from './pprof.ts';
import { profileEndpoint } from './profile.ts';
import { routesEndpoint } from './routes.ts';
import { runsEndpoint } from './runs.ts';
import { pageEndpoint, statsEndpoint } from './stats.ts';
import { statusEndpoint } from './status.ts';

export const endpoints: readonly Endpoint[] = [
  pageEndpoint,
  statsEndpoint,
  statusEndpoint,
  routesEndpoint,
  runsEndpoint,
  profileEndpoint,
  functionEndpoint,
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
