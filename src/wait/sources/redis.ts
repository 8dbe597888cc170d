/** Redis through node-redis 4, 5 and 6: what is put into a client's queue of commands, and its batches, which are one wait each. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DriverSeam, DriverSource } from '../driver.ts';
import { redisLabel } from '../redis-label.ts';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Methods of the client that send batches, in any of its versions, and what the batches are called. */
const BATCHES: Readonly<Record<string, string>> = {
  multiExecutor: 'MULTI',
  _executeMulti: 'MULTI',
  _executePipeline: 'pipeline',
};

class RedisWaits {
  readonly #seam: DriverSeam;
  /** A batch is putting its commands into the queue. */
  #isBatch = false;

  constructor(seam: DriverSeam) {
    this.#seam = seam;
  }

  patchQueue(prototype: object | undefined): void {
    const waits = this;
    const seam = this.#seam;
    seam.patchOnce(prototype, 'addCommand', (original: Method) => {
      const addWithWait: Method = function addWithWait(...args) {
        const operation =
          !waits.#isBatch && seam.isTracing ? seam.begin(redisSource, addWithWait, () => labelOf(args[0])) : undefined;
        const reply = Reflect.apply(original, this, args);
        return operation ? seam.endingPromise(operation, reply) : reply;
      };
      return addWithWait;
    });
  }

  patchClient(prototype: object): void {
    const names = Object.keys(BATCHES).filter((name) => name in prototype);
    if (names.length === 0) throw new TypeError('its client has no batches');
    for (const name of names)
      this.#seam.patchOnce(prototype, name, (original: Method) =>
        this.#batchWithWait(original, BATCHES[name] as string),
      );
  }

  #batchWithWait(original: Method, label: string): Method {
    const waits = this;
    const seam = this.#seam;
    const batchWithWait: Method = function batchWithWait(...args) {
      const operation = seam.isTracing ? seam.begin(redisSource, batchWithWait, () => label) : undefined;
      if (!operation) return Reflect.apply(original, this, args);
      waits.#isBatch = true;
      try {
        return seam.endingPromise(operation, Reflect.apply(original, this, args));
      } finally {
        waits.#isBatch = false;
      }
    };
    return batchWithWait;
  }
}

export const redisSource: DriverSource = {
  name: 'redis',
  modules: ['@redis/client'],
  packages: new Set(['@redis/client', 'redis', 'generic-pool', 'cluster-key-slot']),
  patch(_exports, seam, { basedir }) {
    if (basedir === undefined) throw new Error('the folder of @redis/client is unknown');
    const load = createRequire(join(basedir, 'package.json'));
    const waits = new RedisWaits(seam);
    waits.patchQueue(
      (load('./dist/lib/client/commands-queue.js') as { default: { prototype?: object } }).default.prototype,
    );
    waits.patchClient((load('./dist/lib/client/index.js') as { default: { prototype: object } }).default.prototype);
  },
};

function labelOf(args: unknown): string {
  return redisLabel(Array.isArray(args) ? args[0] : undefined);
}
