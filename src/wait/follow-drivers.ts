/** Tells the tracer what the drivers' patches see, and binds their callbacks to requests. */

import { executionAsyncId } from 'node:async_hooks';
import type { Guard } from '../host/guard.ts';
import { packageOf } from '../profile/package-of.ts';
import { boundCallback } from '../request/bound-callback.ts';
import type { RequestRecorder } from '../request/recorder.ts';
import type { DriverFollower, DriverSeam, DriverSource } from './driver.ts';
import type { WaitTracer } from './tracer.ts';

/**
 * @param tracer undefined where waits are not wanted.
 * @returns what ends it.
 */
export function followDrivers(
  seam: DriverSeam,
  recorder: RequestRecorder,
  tracer: WaitTracer | undefined,
  guard: Guard,
): () => void {
  const run = <Result>(driver: DriverSource, body: () => Result): Result | undefined =>
    guard.run(`waits of ${driver.name}`, body);
  const follower: DriverFollower = {
    get isTracing() {
      return tracer?.isTracing ?? false;
    },
    begin(driver, below, label) {
      return run(driver, () =>
        tracer?.begin(
          below,
          (stack) =>
            // What a driver does by itself nobody awaits: the greeting of a new connection, a command that is sent once more.
            stack.frames.every(({ file }) => isOf(driver, file)) ? null : { label: `${driver.name} ${label()}`, stack },
          { packages: driver.packages },
        ),
      );
    },
    run,
    prepare: (operation) => tracer?.prepare(operation),
    startPrepared: (operation) => tracer?.startPrepared(operation),
    end: (operation) => tracer?.end(operation),
    enter: (operation) => tracer?.enter(operation),
    left: () => tracer?.returned(executionAsyncId()),
    bind: (callback) => guard.run('callbacks of drivers', () => boundCallback(recorder, callback)) ?? callback,
  };
  seam.follower = follower;
  return () => {
    // A later recording may follow already.
    if (seam.follower === follower) seam.follower = undefined;
  };
}

function isOf(driver: DriverSource, file: string): boolean {
  if (file.startsWith('node:')) return true;
  const name = packageOf(file);
  return name !== undefined && driver.packages.has(name);
}
