/**
 * Gzipped profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto). `wall` is, as everywhere in text and UI, time
 * on the JavaScript thread plus time awaited.
 */

import type { Profile } from '../profile/profile.ts';
import type { Exporter, ExportOptions } from './contract.ts';
import { encodeHeapPprof } from './heap-pprof.ts';
import { encodePprofFile } from './pprof-file.ts';
import { COMMENT_KEYS } from './pprof-labels.ts';

export const pprofExporter: Exporter = {
  format: 'pprof',
  description: 'gzipped profile.proto for go tool pprof, Pyroscope, Parca, Speedscope',
  contentType: 'application/octet-stream',
  extension: '.pb.gz',
  keepsRoutes: true,
  encode,
  encodeMemory: ({ functions, nodes, window }, { figure }) => {
    const [objects, bytes] = [Array.from(nodes.self.samples), Array.from(nodes.self.cpuNs)];
    const self =
      figure === 'inuse'
        ? { inUseObjects: objects, inUseBytes: bytes }
        : { allocatedObjects: objects, allocatedBytes: bytes };
    const tree = { functions, nodes: { parent: Array.from(nodes.parent), function: Array.from(nodes.function), self } };
    const time = { startedAt: window.from, seconds: (window.to - window.from) / 1000 };
    return encodeHeapPprof(tree, time, figure === 'inuse' ? 'inuse_space' : 'alloc_space');
  },
};

function encode(profile: Profile, { requestsByRoute = new Map() }: ExportOptions): Uint8Array {
  return encodePprofFile(profile, {
    defaultRoute: profile.routes.length === 1 ? profile.routes[0] : undefined,
    comments: [...requestsByRoute].map(([route, requests]) => `${COMMENT_KEYS.routeRequests}${requests} ${route}`),
  });
}
