/** Saved profiles behind the API's own endpoints, so that the page shows them as it shows a running server: each as a route, or as its routes. */

import type { Assets } from '../api/assets.ts';
import type { Backend } from '../api/endpoints/contract.ts';
import { InvalidParameter } from '../api/query.ts';
import type { StatusAnswer } from '../api/types.ts';
import { CaptureRefused } from '../capture/captures.ts';
import { SourceUnreadable } from '../collector/source-texts.ts';
import type { Options } from '../config/options.ts';
import { maskedOptions } from '../config/redact.ts';
import { isRouteFunction, routeFunction } from '../profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../profile/call-tree-builder.ts';
import type { Profile } from '../profile/profile.ts';
import { sumColumn } from '../profile/totals.ts';
import type { RequestFigures, RunSummary, Slice } from '../store/contract.ts';
import { emptyFigures } from '../store/slices.ts';
import { VERSION } from '../version.ts';

export interface SavedProfile {
  /** What it is called where there are several. */
  readonly name: string;
  /** Routes on the first level, as far as they are known. */
  readonly recorded: Profile;
  readonly requestsByRoute: ReadonlyMap<string, number>;
}

const MAX_NODES = 2_000_000;

/** @returns a backend that records nothing and changes nothing */
export function savedBackend(profiles: readonly SavedProfile[], assets: Assets, options: Options): Backend {
  const slice = sliceOf(profiles);
  const status = statusOf(slice, options);
  const run = runOf(slice);
  const refuse = (): never => {
    throw new InvalidParameter('this is a saved profile: nothing is recorded');
  };
  return {
    options,
    assets,
    run: slice.tree.run,
    requests: async () => [],
    memory: async () => null,
    source: () => Promise.reject(new SourceUnreadable('this is a saved profile: it has no sources')),
    captures: {
      list: () => [],
      find: () => null,
      start: () => Promise.reject(new CaptureRefused(409, 'this is a saved profile: there is no process to capture')),
      cancel: () => Promise.resolve(false),
      ended: () => Promise.resolve(),
    },
    refresh: () => Promise.resolve(),
    // Files say how long they are, not what happened when: any window is all of it.
    query: async () => slice,
    slices: async () => [slice],
    runs: () => [run],
    findRun: (id = run.id) => (id === run.id ? run : undefined),
    status: () => status,
    clear: () => Promise.resolve().then(refuse),
    setRecording: () => Promise.resolve().then(refuse),
    record: () => Promise.resolve().then(refuse),
  };
}

function sliceOf(profiles: readonly SavedProfile[]): Slice {
  const builder = new CallTreeBuilder({ maxNodes: MAX_NODES, maxFunctions: MAX_NODES });
  const figures = new Map<string, RequestFigures>();
  for (const { name: file, recorded, requestsByRoute } of profiles) {
    const shown = (route: string): string => (profiles.length > 1 ? `${file}: ${route}` : route);
    // What a file that does not tell its routes apart is of.
    const [onlyRoute] = recorded.routes.length === 1 ? recorded.routes : [];
    const whole = profiles.length === 1 && onlyRoute !== undefined ? onlyRoute : file;
    const used = addRecorded(builder, recorded, shown, whole);
    for (const route of used) figures.set(route, { ...emptyFigures(), requests: 0 });
    for (const [route, requests] of requestsByRoute) figures.set(shown(route), { ...emptyFigures(), requests });
    if (requestsByRoute.size > 0) continue;
    const name = onlyRoute === undefined ? whole : shown(onlyRoute);
    figures.set(name, { ...emptyFigures(), requests: recorded.requests });
  }
  const windows = profiles.map(({ recorded }) => recorded.window);
  const from = windows.reduce((least, window) => Math.min(least, window.from), Number.POSITIVE_INFINITY);
  const to = windows.reduce((most, window) => Math.max(most, window.to), 0);
  const tree = builder.build({
    run: profiles.length === 1 ? (profiles[0]?.recorded.run ?? '') : '',
    window: { from, to },
    routes: [...figures.keys()].sort(),
    requests: [...figures.values()].reduce((sum, { requests }) => sum + requests, 0),
    intervalMs: profiles.reduce((least, { recorded }) => Math.min(least, recorded.intervalMs || least), 1000),
  });
  return { from, to, tree, figures };
}

/** @returns the routes that were added */
function addRecorded(
  builder: CallTreeBuilder,
  { nodes, functions }: Profile,
  shown: (route: string) => string,
  whole: string,
): Set<string> {
  const used = new Set<string>();
  const routeNode = (name: string): number => {
    used.add(name);
    return builder.child(ROOT, builder.addFunction(routeFunction(name)));
  };
  const target = new Int32Array(nodes.parent.length).fill(ROOT);
  for (let node = 0; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] ?? -1];
    const parent = nodes.parent[node] ?? -1;
    const figures = {
      samples: nodes.self.samples[node] ?? 0,
      cpuNs: nodes.self.cpuNs[node] ?? 0,
      wallNs: nodes.self.wallNs[node] ?? 0,
      waitNs: nodes.self.waitNs[node] ?? 0,
      waits: nodes.self.waits[node] ?? 0,
    };
    if (info && isRouteFunction(info)) {
      target[node] = routeNode(shown(info.name));
    } else if (info) {
      const above = parent === 0 ? routeNode(whole) : (target[parent] ?? ROOT);
      target[node] = builder.child(above, builder.addFunction(info));
    } else if (Object.values(figures).some((figure) => figure > 0)) {
      target[node] = routeNode(whole);
    }
    builder.addSelf(target[node] ?? ROOT, figures);
  }
  return used;
}

/** Files do not always say when they were made. */
function startOf(from: number): number {
  return Number.isFinite(from) ? from : 0;
}

function runOf({ from, to, tree }: Slice): RunSummary {
  const { run: id, requests } = tree;
  return { id, app: '', startedAt: startOf(from), endedAt: to, processes: [], requests, isCurrent: true };
}

function statusOf({ from, tree, figures }: Slice, options: Options): StatusAnswer {
  const samples = sumColumn(tree.nodes.self.samples);
  return {
    version: VERSION,
    node: process.version,
    run: { id: tree.run, startedAt: startOf(from), revision: '' },
    pid: 0,
    processes: [],
    sampling: {
      recording: false,
      intervalMs: tree.intervalMs,
      tracking: 'none',
      samples,
      idleSamples: 0,
      missedSamples: 0,
      discarded: { warmup: 0, ignored: 0, profiler: 0, unresolved: 0, unmatched: 0 },
      cpuMs: { thread: sumColumn(tree.nodes.self.cpuNs) / 1e6, discarded: 0, owed: 0, held: 0 },
      samplerRestarts: 0,
    },
    requests: { ended: tree.requests, open: 0 },
    waits: {
      tracing: 'off',
      share: 0,
      tracedRequests: 0,
      operations: 0,
      dropped: 0,
      costMs: 0,
      stitchedMs: 0,
      ambiguousMs: 0,
      unknownMs: 0,
    },
    routes: figures.size,
    store: { folder: null },
    functions: tree.functions.length,
    overhead: {
      rotationMs: { count: 0, mean: 0, p50: 0, p99: 0, max: 0 },
      mainThreadShare: 0,
      collectorHeapBytes: 0,
      slots: 0,
      retiredSlots: 0,
    },
    push: null,
    capture: null,
    config: { ...maskedOptions(options) },
    problems: [],
  };
}
