/** The list of endpoints. */

import { clearEndpoint, recordingEndpoint } from './actions.ts';
import type { Endpoint } from './contract.ts';
import { exportEndpoint } from './export.ts';
import { functionEndpoint } from './function.ts';
import { pprofIndexEndpoint, pprofProfileEndpoint } from './pprof.ts';
import { profileEndpoint } from './profile.ts';
import { routesEndpoint } from './routes.ts';
import { pageEndpoint, statsEndpoint } from './stats.ts';
import { statusEndpoint } from './status.ts';

export const endpoints: readonly Endpoint[] = [
  pageEndpoint,
  statsEndpoint,
  statusEndpoint,
  routesEndpoint,
  profileEndpoint,
  functionEndpoint,
  exportEndpoint,
  clearEndpoint,
  recordingEndpoint,
  pprofIndexEndpoint,
  pprofProfileEndpoint,
];
