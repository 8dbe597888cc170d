/**
 * Calls back once when the process is about to end, however it ends, without changing how: exit codes, signals and the listeners that
 * others see stay as they are. For signals it listens only while nobody else does: a process with signal handlers of its own decides
 * itself, and packages such as signal-exit count the listeners to find out whether they are the last.
 */

/** SIGHUP is left alone: it may be ignored on purpose (nohup). */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type Signal = (typeof SIGNALS)[number];

/** @param watchSignals whether a signal that would end the process at once must be noticed as well. */
export function onProcessEnd(watchSignals: boolean, callback: () => void): void {
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    callback();
  };
  process.once('exit', end);
  // The first process of a container is not ended by a signal that nobody listens to, so that is no end.
  if (watchSignals && process.pid !== 1) watchLonelySignals(end);
}

function watchLonelySignals(end: () => void): void {
  const listeners = new Map<Signal, () => void>();
  /** The listener that made room last: its removal is no reason to watch again. */
  let released: (() => void) | undefined;
  const watch = (signal: Signal): void => {
    if (listeners.has(signal) || process.listenerCount(signal) > 0) return;
    const dieAsBefore = (): void => {
      end();
      release(signal);
      process.off('newListener', onNew);
      process.off('removeListener', onRemoved);
      process.kill(process.pid, signal);
    };
    listeners.set(signal, dieAsBefore);
    process.on(signal, dieAsBefore);
  };
  const release = (signal: Signal): void => {
    const listener = listeners.get(signal);
    if (!listener) return;
    listeners.delete(signal);
    released = listener;
    process.off(signal, listener);
  };
  const onNew = (event: string | symbol, listener: unknown): void => {
    const signal = SIGNALS.find((candidate) => candidate === event);
    if (signal && listener !== listeners.get(signal)) release(signal);
  };
  const onRemoved = (event: string | symbol, listener: unknown): void => {
    const signal = SIGNALS.find((candidate) => candidate === event);
    if (!signal || listener === released) return;
    // Taken away by process.removeAllListeners.
    if (listener === listeners.get(signal)) listeners.delete(signal);
    watch(signal);
  };
  // Before Node.js's own: it starts to catch a signal only if it does not yet, and with our listener the last one goes.
  (process as NodeJS.EventEmitter).prependListener('newListener', onNew);
  process.on('removeListener', onRemoved);
  for (const signal of SIGNALS) watch(signal);
}
