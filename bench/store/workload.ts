/** A program that never was: routes, and stacks that some of them take often and most seldom. What it records in a time is always the same. */

import { routeFunction } from '../../src/profile/by-route.ts';
import { CallTreeBuilder } from '../../src/profile/call-tree-builder.ts';
import type { FunctionInfo } from '../../src/profile/profile.ts';
import type { RequestFigures, Slice } from '../../src/store/contract.ts';
import { emptyFigures } from '../../src/store/slices.ts';
import { type Random, seededRandom } from '../statistics/random.ts';

const INTERVAL_MS = 10;
const MIN_DEPTH = 10;
const MAX_DEPTH = 35;
/** Functions are shared, as a framework's are: this many of a stack's first frames are the same everywhere. */
const SHARED_FRAMES = 8;

export interface WorkloadOptions {
  readonly routes: number;
  readonly stacks: number;
  readonly functions: number;
  readonly requestsPerSecond: number;
  readonly seed: number;
}

interface Stack {
  readonly route: string;
  readonly frames: readonly FunctionInfo[];
}

export class Workload {
  readonly #random: Random;
  readonly #options: WorkloadOptions;
  readonly #stacks: Stack[];

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    // The same program whoever runs it.
    const random = seededRandom(1);
    const functions = Array.from({ length: options.functions }, (_function, at) => functionNamed(`handle${at}`, at));
    this.#stacks = Array.from({ length: options.stacks }, (_stack, at) => {
      const depth = MIN_DEPTH + Math.floor(random() * (MAX_DEPTH - MIN_DEPTH));
      const frames = Array.from({ length: depth }, (_frame, level) => {
        const index = level < SHARED_FRAMES ? level : Math.floor(random() ** 2 * functions.length);
        return functions[index] as FunctionInfo;
      });
      return { route: routeName(at % options.routes), frames };
    });
  }

  /** New functions and routes in the place of some that have been there: a deployment of other code, a tenant's first request. */
  churn(share: number, generation: number): void {
    for (let at = 0; at < this.#stacks.length; at++) {
      if (this.#random() > share) continue;
      const frames = (this.#stacks[at] as Stack).frames.map((frame, level) =>
        level < SHARED_FRAMES ? frame : functionNamed(`made${generation}x${at}x${level}`, at),
      );
      this.#stacks[at] = { route: routeName((at + generation) % this.#options.routes), frames };
    }
  }

  /** @param run the run's id. */
  record(run: string, from: number, to: number): Slice {
    const builder = new CallTreeBuilder();
    const figures = new Map<string, RequestFigures>();
    const samples = Math.round((to - from) / INTERVAL_MS);
    // Beyond so many each sample stands for several: hours need not be sampled a sample at a time.
    const drawn = Math.min(samples, 5 * this.#stacks.length);
    for (let at = 0; at < drawn; at++) {
      const stack = this.#stacks[Math.floor(this.#random() ** 3 * this.#stacks.length)] as Stack;
      let node = builder.child(0, builder.addFunction(routeFunction(stack.route)));
      for (const frame of stack.frames) node = builder.child(node, builder.addFunction(frame));
      const weight = Math.max(1, Math.round(samples / drawn));
      builder.addSelf(node, { samples: weight, cpuNs: weight * 9e6, wallNs: weight * 1e7 });
    }
    const requests = Math.round(((to - from) / 1000) * this.#options.requestsPerSecond);
    const counted = Math.min(requests, 20 * this.#options.routes);
    for (let at = 0; at < counted; at++) {
      const route = routeName(Math.floor(this.#random() ** 2 * this.#options.routes));
      const figure = figures.get(route) ?? emptyFigures();
      figures.set(route, figure);
      const weight = Math.max(1, Math.round(requests / counted));
      figure.requests += weight;
      figure.durations.accept(1000 * Math.exp(3 * this.#random()), weight);
    }
    const total = [...figures.values()].reduce((sum, figure) => sum + figure.requests, 0);
    const tree = builder.build({
      run,
      window: { from, to },
      routes: [...figures.keys()].sort(),
      requests: total,
      intervalMs: INTERVAL_MS,
    });
    return { from, to, tree, figures };
  }
}

function routeName(at: number): string {
  return `GET /resource${at}/:id`;
}

function functionNamed(name: string, at: number): FunctionInfo {
  const place = { name, line: 1 + (at % 900), column: 3 };
  return at % 3 === 0
    ? { ...place, file: `/srv/app/src/part${at % 200}.js`, category: 'app' }
    : { ...place, file: `/srv/app/node_modules/lib${at % 40}/part.js`, category: 'package', package: `lib${at % 40}` };
}
