/**
 * undici 6, 7 and 8 as a package: `request` and `stream`, of the module and of its clients and pools, and its `fetch`. Each until the head of
 * the response is there, or of a stream until it is done; then what reads the body.
 */

import type { Readable } from 'node:stream';
import type { DriverSeam, DriverSource } from '../driver.ts';
import { endingPromise } from '../ending-promise.ts';
import { fetchLabel } from '../fetch-label.ts';
import { type BodyFollower, followListeners, followMethods } from '../follow-body.ts';
import { followWebStream } from '../follow-web-stream.ts';
import { urlLabel } from '../url-label.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
/** The requested URL and options of a call. */
type Describe = (args: readonly unknown[], self: unknown) => string;

/** Methods, and how many functions they take besides a callback: `stream` one that makes the stream. */
const OWN_FUNCTIONS = { request: 0, stream: 1 };

interface Followed {
  readonly name: string;
  readonly functions: number;
  readonly describe: Describe;
}

interface Options {
  readonly method?: string;
  readonly origin?: string | URL;
  readonly path?: string;
}

interface Exports {
  readonly Dispatcher: { readonly prototype: object };
}

export const undiciSource: DriverSource = {
  name: 'undici',
  modules: ['undici'],
  packages: new Set(['undici']),
  patch(exports, seam) {
    const module = exports as Exports;
    const { prototype } = module.Dispatcher;
    for (const [name, functions] of Object.entries(OWN_FUNCTIONS)) {
      follow(seam, module, { name, functions, describe: ofModule });
      follow(seam, prototype, { name, functions, describe: ofDispatcher });
    }
    follow(seam, module, {
      name: 'fetch',
      functions: Number.POSITIVE_INFINITY,
      describe: (args) => fetchLabel(...(args as Parameters<typeof fetch>)),
    });
  },
};

function follow(seam: DriverSeam, target: object, { name, functions, describe }: Followed): void {
  seam.patchOnce(target, name, (original: Call) => {
    const callWithWait: Call = function callWithWait(...args) {
      if (!seam.isTracing) return Reflect.apply(original, this, args);
      let label = '';
      const operation = seam.begin(undiciSource, callWithWait, () => {
        label = describe(args, this);
        return label;
      });
      if (!operation) return Reflect.apply(original, this, args);
      const answered = (answer: unknown): void => {
        seam.run(undiciSource, () => followBody(seam, answer, `${label} (body)`));
      };
      const callback = args.at(-1);
      if (typeof callback === 'function' && args.filter(isFunction).length > functions) {
        args[args.length - 1] = seam.endingCallback(
          operation,
          function callbackWithBody(this: never, ...results: never[]) {
            answered(results[1]);
            return Reflect.apply(callback, this, results);
          },
        );
        return Reflect.apply(original, this, args);
      }
      return endingPromise(Reflect.apply(original, this, args), (answer) => {
        seam.end(operation);
        answered(answer);
      });
    };
    return callWithWait;
  });
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** @param answer of a request: with its body; of fetch: the response. */
function followBody(seam: DriverSeam, answer: unknown, label: string): void {
  const follower: BodyFollower = {
    begin: (below) => (seam.isTracing ? seam.begin(undiciSource, below, () => label) : undefined),
    end: (operation) => seam.end(operation),
  };
  if (typeof answer !== 'object' || answer === null) return;
  const { body } = answer as { readonly body?: Partial<Readable> };
  if (typeof (answer as Partial<Response>).arrayBuffer === 'function') {
    followMethods(answer, follower);
    followWebStream(answer, { ...follower, attempt: (task) => seam.run(undiciSource, task) });
  } else if (typeof body?.push === 'function') {
    followMethods(body, follower);
    followListeners(body as Readable, follower);
  }
}

/** `request(url, options)` */
function ofModule([url, options]: readonly unknown[]): string {
  const { method, path } = (typeof options === 'object' && options !== null ? options : {}) as Options;
  if (typeof url === 'object' && url !== null && !(url instanceof URL)) {
    const { origin, pathname } = url as { readonly origin?: string; readonly pathname?: string };
    return urlLabel(method, hostOf(origin), path ?? pathname ?? '/');
  }
  const { host, pathname } = new URL(String(url));
  return urlLabel(method, host, path ?? pathname);
}

/** `client.request(options)`: of a client or pool it knows the origin itself. */
function ofDispatcher([options]: readonly unknown[], self: unknown): string {
  const { method, origin, path } = options as Options;
  return urlLabel(method, hostOf(origin ?? ownOrigin(self)), path ?? '/');
}

/** Kept below a symbol, by clients and pools alike. */
function ownOrigin(dispatcher: unknown): string | URL | undefined {
  const symbol = Object.getOwnPropertySymbols(dispatcher as object).find(({ description }) => description === 'url');
  return symbol && (dispatcher as Record<symbol, string | URL>)[symbol];
}

function hostOf(origin: string | URL | undefined): string {
  return origin === undefined ? '' : new URL(String(origin)).host;
}
