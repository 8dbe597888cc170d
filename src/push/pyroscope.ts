/**
 * Grafana Pyroscope's push API, as Alloy and its newer SDKs use it: a Connect call in JSON
 * (https://github.com/grafana/pyroscope/blob/main/api/push/v1/push.proto, https://connectrpc.com/docs/protocol). A series per route, each with
 * a pprof of all our sample types; Pyroscope makes a profile type of each: `process_cpu:cpu:nanoseconds:wall:nanoseconds`.
 */

import { pprofExporter } from '../export/pprof.ts';
import { isRouteFunction, selectRoutes } from '../profile/by-route.ts';
import type { PushFormat } from './contract.ts';

export const pyroscopeFormat: PushFormat = {
  format: 'pyroscope',
  path: '/push.v1.PusherService/Push',
  contentType: 'application/json',
  encode: ({ tree, source }) => {
    const routes = tree.functions.filter(isRouteFunction).map(({ name }) => name);
    const common = {
      __name__: 'process_cpu',
      service_name: source.serviceName,
      service_instance: source.run,
      pid: String(source.pid),
      ...labelsOf(source.labels),
    };
    const series = routes.map((route) => ({
      labels: pairsOf({ ...common, route }),
      samples: [{ rawProfile: encodeRoute(route) }],
    }));
    return Buffer.from(JSON.stringify({ series }), 'utf8');

    function encodeRoute(route: string): string {
      const profile = selectRoutes(tree, new Set([route]), { requests: 0, rest: new Map() });
      return Buffer.from(pprofExporter.encode({ ...profile, routes: [] }, { metric: 'cpu' })).toString('base64');
    }
  },
};

/** Prometheus label names have no dots: `service.name` is `service_name`. */
function labelsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name.replaceAll('.', '_'), value]));
}

/** Sorted, as Prometheus's label sets are. */
function pairsOf(labels: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(labels)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
