/**
 * Operations of Node.js's core, as async hooks show them: files, names, keys, compression, timers, child processes, connections.
 * A handle that serves for more than one operation ends with its first.
 */

import { type AsyncHook, createHook, type HookCallbacks } from 'node:async_hooks';
import type { Guard } from '../../host/guard.ts';
import type { LogicalStack } from '../logical-stack.ts';
import type { WaitTracer } from '../tracer.ts';
import type { WaitSource } from './contract.ts';

const FEATURE = 'waits of Node.js core';
const TIMER = 'Timeout';
const TIMER_LABEL = 'timers.setTimeout';
/** Resources that are one operation each, and what they are called where Node.js's own function does not tell. */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['FSREQCALLBACK', 'fs'],
  ['FSREQPROMISE', 'fs.promises'],
  ['FILEHANDLECLOSEREQ', 'fs.promises.close'],
  ['GETADDRINFOREQWRAP', 'dns.lookup'],
  ['GETNAMEINFOREQWRAP', 'dns.lookupService'],
  ['QUERYWRAP', 'dns.resolve'],
  ['PBKDF2REQUEST', 'crypto.pbkdf2'],
  ['SCRYPTREQUEST', 'crypto.scrypt'],
  ['RANDOMBYTESREQUEST', 'crypto.randomBytes'],
  ['RANDOMPRIMEREQUEST', 'crypto.generatePrime'],
  ['CHECKPRIMEREQUEST', 'crypto.checkPrime'],
  ['KEYPAIRGENREQUEST', 'crypto.generateKeyPair'],
  ['KEYGENREQUEST', 'crypto.generateKey'],
  ['HASHREQUEST', 'crypto.subtle.digest'],
  ['SIGNREQUEST', 'crypto.sign'],
  ['CIPHERREQUEST', 'crypto.subtle.encrypt'],
  ['DERIVEBITSREQUEST', 'crypto.deriveBits'],
  ['ZLIB', 'zlib'],
  ['TCPCONNECTWRAP', 'net.connect'],
  ['PIPECONNECTWRAP', 'net.connect'],
  ['PROCESSWRAP', 'child_process'],
  [TIMER, TIMER_LABEL],
]);

export const coreSource: WaitSource = { name: 'Node.js core', follow };

function follow(tracer: WaitTracer, guard: Guard): () => void {
  const initWithWait = (asyncId: number, type: string): void => {
    tracer.heard();
    if (!OPERATIONS.has(type) || !tracer.isTracing) return;
    guard.run(FEATURE, () => {
      const previous = tracer.running;
      const operation =
        tracer.begin(initWithWait, (stack) => (tracer.isWithinDriver(stack) ? null : describe(type, stack))) ??
        (previous && type !== TIMER ? tracer.continue(previous) : undefined);
      if (operation) tracer.endWith(operation, asyncId);
    });
  };

  const begins = hook({ init: initWithWait });
  const calls = hook({ before: (asyncId) => tracer.called(asyncId), after: (asyncId) => tracer.returned(asyncId) });
  const unwatch = tracer.watch((attention) => {
    toggle(begins, attention !== 'none');
    toggle(calls, attention === 'callbacks');
  });
  return () => {
    unwatch();
    begins.disable();
    calls.disable();
  };
}

/** Promises are not operations; where V8 itself carries contexts, following them would be the dearest part. */
function hook(callbacks: HookCallbacks): AsyncHook {
  return createHook({ ...callbacks, trackPromises: false } as HookCallbacks);
}

function toggle(toggled: AsyncHook, isOn: boolean): void {
  if (isOn) toggled.enable();
  else toggled.disable();
}

function describe(type: string, stack: LogicalStack): { label: string; stack: LogicalStack } | null {
  // A client's operation spans its connection; what Node.js starts by itself belongs to the operation before, if any.
  if (stack.isOfHttpClient || stack.frames.length === 0) return null;
  if (type === TIMER) return stack.api.endsWith('setInterval') ? null : { label: TIMER_LABEL, stack };
  const label = OPERATIONS.get(type) as string;
  const module = label.split('.', 1)[0] as string;
  return { label: stack.api.startsWith(`${module}.`) ? stack.api : label, stack };
}
