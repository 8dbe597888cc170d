/**
 * What a source of waits is that patches a database driver. A new driver is one file in sources/ with one `DriverSource` and one line in
 * sources/drivers.ts. Drivers load before a server listens, so their patches are made then, from preload.ts, and ask the seam at each
 * call whether anyone follows.
 */

import type { LoadedModule } from '../request/frameworks/contract.ts';
import { lookAlike } from '../request/frameworks/observe.ts';
import { endingPromise } from './ending-promise.ts';
import type { Operation } from './trace.ts';

/** Any function of a driver. */
export type DriverFunction = (this: never, ...args: never[]) => unknown;

export interface DriverSource {
  /** Begins the labels of its operations; stands in docs and in `status`. */
  readonly name: string;
  /** Modules for whose exports `patch` is called, once per copy loaded: package names or `package/file` paths. */
  readonly modules: readonly string[];
  /** Packages that work for the driver: what they start while one of its operations is open is part of that. */
  readonly packages: ReadonlySet<string>;
  /**
   * Wraps the driver's methods with `patchOnce`. While nobody follows a wrapper only calls the original; otherwise results, promises,
   * callbacks and errors are the original's.
   * Throws where the driver has not the expected shape: the caller says so once, and the source is off for this copy.
   */
  patch(exports: unknown, seam: DriverSeam, module: LoadedModule): void;
}

/** Who follows the drivers: the agent, for as long as it records. Nothing here throws. */
export interface DriverFollower {
  /** Whether the current request's waits are traced. */
  readonly isTracing: boolean;
  /** @param label is asked for only where the operation is recorded. */
  begin(driver: DriverSource, below: DriverFunction, label: () => string): Operation | undefined;
  /** Runs what is ours around a driver's call; an error is logged and switches the driver's source off. */
  run<Result>(driver: DriverSource, body: () => Result): Result | undefined;
  /** The operation that has just begun is only prepared: it counts from `startPrepared` on, if ever. */
  prepare(operation: Operation): void;
  startPrepared(operation: Operation): void;
  end(operation: Operation): void;
  /** The operation ends, and its callback begins. */
  enter(operation: Operation): void;
  /** That callback has returned. */
  left(): void;
  /** @returns the callback as one that runs in the current request. */
  bind<Callback extends DriverFunction>(callback: Callback): Callback;
}

/** Between the patches of drivers, which stay, and who follows them, who comes and goes. */
export class DriverSeam {
  follower: DriverFollower | undefined;
  /** Drivers that are not followed, and why; for `status`. */
  readonly problems: string[] = [];
  readonly #patched = new WeakMap<object, Set<string>>();

  get isTracing(): boolean {
    return this.follower?.isTracing ?? false;
  }

  begin(driver: DriverSource, below: DriverFunction, label: () => string): Operation | undefined {
    return this.follower?.begin(driver, below, label);
  }

  run<Result>(driver: DriverSource, body: () => Result): Result | undefined {
    return this.follower?.run(driver, body);
  }

  prepare(operation: Operation): void {
    this.follower?.prepare(operation);
  }

  startPrepared(operation: Operation): void {
    this.follower?.startPrepared(operation);
  }

  end(operation: Operation): void {
    this.follower?.end(operation);
  }

  /** The operation ends, and its callback begins. @returns what is called when that has returned. */
  enter(operation: Operation): () => void {
    this.follower?.enter(operation);
    return () => this.follower?.left();
  }

  /**
   * Wraps the method of a prototype or of a module's exports, once even where the host has put its own patch on top.
   * @param make receives the original and returns its wrapper, which gets the original's name and length.
   * @throws where the method is missing: this is not the version of the driver that the source was written for
   */
  patchOnce<Original extends DriverFunction>(
    target: object | undefined,
    name: string,
    make: (original: Original) => DriverFunction,
  ): void {
    const owner = ownerOf(target, name);
    const descriptor = owner && Object.getOwnPropertyDescriptor(owner, name);
    if (!owner || typeof descriptor?.value !== 'function') throw new TypeError(`it has no ${name}`);
    const patched = this.#patched.get(owner) ?? new Set<string>();
    this.#patched.set(owner, patched);
    if (patched.has(name)) return;
    patched.add(name);
    const original = descriptor.value as Original;
    Object.defineProperty(owner, name, { ...descriptor, value: lookAlike(make(original), original) });
  }

  /** @returns the callback as one that runs in the current request: drivers call it from a connection that others have opened. */
  bind<Callback extends DriverFunction>(callback: Callback): Callback {
    return this.follower?.bind(callback) ?? callback;
  }

  /** @returns the arguments with their callback, by default the first function, as one of the current request, which ends the operation if there is one. */
  withCallback(
    args: unknown[],
    operation: Operation | undefined,
    at: number = args.findIndex((argument) => typeof argument === 'function'),
  ): unknown[] {
    if (!this.follower || at < 0) return args;
    const callback = args[at] as DriverFunction;
    return args.with(at, operation ? this.endingCallback(operation, callback) : this.bind(callback));
  }

  /**
   * Calls a function that takes a callback, as its argument number `at`, or else returns a promise; either ends the operation, if there is one.
   * The callback runs in the current request.
   */
  callEnding(
    operation: Operation | undefined,
    original: DriverFunction,
    self: unknown,
    args: unknown[],
    at: number,
  ): unknown {
    if (typeof args[at] === 'function')
      return Reflect.apply(original, self as never, this.withCallback(args, operation, at) as never[]);
    const result = Reflect.apply(original, self as never, args as never[]);
    return operation ? this.endingPromise(operation, result) : result;
  }

  /** @returns a function that ends the operation and then is `callback`, in the current request. */
  endingCallback<Callback extends DriverFunction>(operation: Operation, callback: Callback): Callback {
    const seam = this;
    const bound = this.bind(callback);
    const callbackWithEnd = function callbackWithEnd(this: never, ...args: never[]): unknown {
      const leave = seam.enter(operation);
      try {
        return Reflect.apply(bound, this, args);
      } finally {
        leave();
      }
    };
    return lookAlike(callbackWithEnd as unknown as Callback, callback);
  }

  /** @returns what `endingPromise` makes of the result. */
  endingPromise<Result>(operation: Operation, result: Result): Result {
    return endingPromise(result, () => this.end(operation));
  }
}

/** A method may be inherited: it is wrapped where it is. */
function ownerOf(target: object | undefined, name: string): object | undefined {
  let owner: object | null | undefined = target;
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null;
  return owner ?? undefined;
}
