/**
 * The CPU clock of the JavaScript thread, in nanoseconds: `process.threadCpuUsage`, and where that is missing (Node.js 20) the system's
 * clock_gettime through koffi. Not process.cpuUsage: that also counts the thread pool, the garbage collector's helpers and the profiler.
 */

'use strict';

const NS_PER_MICRO = 1000;

exports.threadCpuNs =
  typeof process.threadCpuUsage === 'function'
    ? () => {
        const { user, system } = process.threadCpuUsage();
        return (user + system) * NS_PER_MICRO;
      }
    : systemClock();

function systemClock() {
  const koffi = require('koffi');
  const isMac = process.platform === 'darwin';
  const library = koffi.load(isMac ? 'libSystem.B.dylib' : 'libc.so.6');
  const clockGetTime = library.func('int clock_gettime(int clock, _Out_ void *time)');
  const CLOCK_THREAD_CPUTIME_ID = isMac ? 16 : 3;
  const time = new BigInt64Array(2);
  return () => {
    clockGetTime(CLOCK_THREAD_CPUTIME_ID, time);
    return Number(time[0]) * 1e9 + Number(time[1]);
  };
}
