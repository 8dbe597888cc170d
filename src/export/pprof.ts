/**
 * Gzipped profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto). `wall` is, as everywhere in text and UI, time
 * on the JavaScript thread plus time awaited.
 */

import type { Profile } from '../profile/profile.ts';
import type { Exporter, ExportOptions } from './contract.ts';
import { encodePprofFile } from './pprof-file.ts';
import { COMMENT_KEYS } from './pprof-labels.ts';

export const pprofExporter: Exporter = {
  format: 'pprof',
  description: 'gzipped profile.proto for go tool pprof, Pyroscope, Parca, Speedscope',
  contentType: 'application/octet-stream',
  extension: '.pb.gz',
  encode,
};

function encode(profile: Profile, { requestsByRoute = new Map() }: ExportOptions): Uint8Array {
  return encodePprofFile(profile, {
    defaultRoute: profile.routes.length === 1 ? profile.routes[0] : undefined,
    comments: [...requestsByRoute].map(([route, requests]) => `${COMMENT_KEYS.routeRequests}${requests} ${route}`),
  });
}
