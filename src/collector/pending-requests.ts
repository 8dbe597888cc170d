/** Holds back the samples of requests whose route is not known yet, until a batch names it. */

import { routeFunction } from '../profile/by-route.ts';
import { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { mergeInto } from '../profile/merge.ts';
import type { Profile } from '../profile/profile.ts';
import { sumColumn } from '../profile/totals.ts';
import { type ReportedRequest, requestKey } from './reported-requests.ts';

/** The host names every request's route after a few seconds, so these are few. */
const MAX_PENDING = 1000;

export interface HeldSamples {
  readonly samples: number;
  readonly cpuNs: number;
}

export class PendingRequests {
  #pending = new Map<string, CallTreeBuilder>();

  hasRoomFor({ slot, startMicros }: ReportedRequest): boolean {
    return this.#pending.size < MAX_PENDING || this.#pending.has(requestKey(slot, startMicros));
  }

  /** The tree of a request's samples; its first level is the request's own frames. */
  builderOf({ slot, startMicros }: ReportedRequest): CallTreeBuilder {
    const key = requestKey(slot, startMicros);
    let builder = this.#pending.get(key);
    if (!builder) {
      builder = new CallTreeBuilder();
      this.#pending.set(key, builder);
    }
    return builder;
  }

  /** What waits at the moment. */
  held(): HeldSamples {
    let samples = 0;
    let cpuNs = 0;
    for (const builder of this.#pending.values()) {
      const { self } = snapshot(builder).nodes;
      samples += sumColumn(self.samples);
      cpuNs += sumColumn(self.cpuNs);
    }
    return { samples, cpuNs };
  }

  /** Gives held-back samples to the routes that are known now. @returns the samples of requests that vanished. */
  settle(reported: readonly ReportedRequest[], routes: readonly string[], into: CallTreeBuilder): HeldSamples {
    const still = new Map<string, CallTreeBuilder>();
    for (const request of reported) {
      const key = requestKey(request.slot, request.startMicros);
      const held = this.#pending.get(key);
      if (!held) continue;
      this.#pending.delete(key);
      const route = routes[request.route];
      if (route === undefined) still.set(key, held);
      else mergeInto(into, underRoute(held, route));
    }
    const vanished = this.held();
    this.#pending = still;
    return vanished;
  }

  clear(): void {
    this.#pending.clear();
  }
}

function snapshot(builder: CallTreeBuilder): Profile {
  return builder.build({ run: '', window: { from: 0, to: 0 }, routes: [], requests: 0, intervalMs: 0 });
}

/** The same tree one level further down, below its route. */
function underRoute(builder: CallTreeBuilder, route: string): Profile {
  const tree = snapshot(builder);
  const routed = new CallTreeBuilder();
  const target = new Int32Array(tree.nodes.parent.length);
  target[0] = routed.child(0, routed.addFunction(routeFunction(route)));
  for (let node = 0; node < target.length; node++) {
    const { self } = tree.nodes;
    const info = tree.functions[tree.nodes.function[node] as number];
    if (node > 0 && info)
      target[node] = routed.child(target[tree.nodes.parent[node] as number] as number, routed.addFunction(info));
    routed.addSelf(target[node] as number, {
      samples: self.samples[node] as number,
      cpuNs: self.cpuNs[node] as number,
      wallNs: self.wallNs[node] as number,
      waitNs: self.waitNs[node] as number,
      waits: self.waits[node] as number,
    });
  }
  return snapshot(routed);
}
