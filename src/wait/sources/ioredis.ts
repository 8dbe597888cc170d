/** Redis through ioredis 4, 5 and 6: each command, on one server or a cluster, and pipelines, which are one wait each. */

import type { DriverFunction, DriverSeam, DriverSource } from '../driver.ts';
import { redisLabel } from '../redis-label.ts';
import type { Operation } from '../trace.ts';

/** What the driver settles its promise with: functions of its own. */
interface Settled {
  resolve: unknown;
  reject: unknown;
}

interface Command extends Settled {
  readonly name: unknown;
}

interface Pipeline extends Settled {
  readonly _queue: readonly Command[];
  /** Of a transaction that has yet to queue its EXEC: it is called once more to be sent. */
  readonly _transactions: number;
}

type Method<This> = (this: This, ...args: unknown[]) => unknown;

interface IoredisExports {
  readonly prototype?: object;
  readonly Cluster?: { readonly prototype: object };
  readonly Pipeline?: { readonly prototype: object };
}

class IoredisWaits {
  readonly #seam: DriverSeam;
  /** Commands and pipelines that are part of an operation already: they are sent again after a reconnection, and from a cluster to its nodes. */
  readonly #known = new WeakSet<object>();

  constructor(seam: DriverSeam) {
    this.#seam = seam;
  }

  patchClient(prototype: object | undefined): void {
    const seam = this.#seam;
    const known = this.#known;
    seam.patchOnce(prototype, 'sendCommand', (original: Method<object>) => {
      const sendWithWait: Method<object> = function sendWithWait(...args) {
        const command = args[0] as Command;
        if (seam.isTracing && !known.has(command)) {
          const operation = seam.begin(ioredisSource, sendWithWait, () => redisLabel(command.name));
          seam.run(ioredisSource, () => {
            if (operation) endSettled(seam, operation, command);
            known.add(command);
          });
        }
        return Reflect.apply(original, this, args);
      };
      return sendWithWait;
    });
  }

  patchPipeline(prototype: object | undefined): void {
    const seam = this.#seam;
    const known = this.#known;
    seam.patchOnce(prototype, 'exec', (original: Method<Pipeline>) => {
      const execWithWait: Method<Pipeline> = function execWithWait(...args) {
        if (seam.isTracing && !this._transactions && !known.has(this)) {
          const operation = seam.begin(ioredisSource, execWithWait, () =>
            this._queue[0]?.name === 'multi' ? 'MULTI' : 'pipeline',
          );
          seam.run(ioredisSource, () => {
            if (operation) endSettled(seam, operation, this);
            for (const part of [this, ...this._queue]) known.add(part);
          });
        }
        return Reflect.apply(original, this, args);
      };
      return execWithWait;
    });
  }
}

export const ioredisSource: DriverSource = {
  name: 'ioredis',
  modules: ['ioredis'],
  packages: new Set(['ioredis', 'standard-as-callback', 'redis-parser', 'denque', 'cluster-key-slot']),
  patch(exports, seam) {
    const { prototype, Cluster, Pipeline } = exports as IoredisExports;
    const waits = new IoredisWaits(seam);
    waits.patchPipeline(Pipeline?.prototype);
    waits.patchClient(prototype);
    waits.patchClient(Cluster?.prototype);
  },
};

function endSettled(seam: DriverSeam, operation: Operation, target: Settled): void {
  target.resolve = seam.endingCallback(operation, target.resolve as DriverFunction);
  target.reject = seam.endingCallback(operation, target.reject as DriverFunction);
}
