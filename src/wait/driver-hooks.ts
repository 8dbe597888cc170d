/** Patches database drivers when they load. */

import { logLine } from '../host/log.ts';
import type { ModuleHook } from '../request/module-hooks.ts';
import type { DriverSeam, DriverSource } from './driver.ts';

export function driverHooks(drivers: readonly DriverSource[], seam: DriverSeam): ModuleHook[] {
  return drivers.map((driver) => ({
    modules: driver.modules,
    loaded: (exports, module) => driver.patch(exports, seam, module),
    failed(reason) {
      const problem = `waits of ${driver.name} are not known: ${reason}`;
      logLine(problem);
      seam.problems.push(problem);
    },
  }));
}
