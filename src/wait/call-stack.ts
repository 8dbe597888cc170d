/** Takes the stack of the current call, the awaiting callers included, without leaving a trace in the host's `Error`. */

/** As deep as V8's samples are. Deeper stacks are cut: a handler is 30 to 50 deep in Express, and more than 100 below 18 middlewares. */
export const STACK_DEPTH = 255;

type Prepare = typeof Error.prepareStackTrace;

const returnCallSites: Prepare = (_error, callSites) => callSites;

/** Whether stacks can be taken: not where the host has frozen `Error`, as `--frozen-intrinsics` does. */
export function canCaptureStacks(): boolean {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  return Object.isExtensible(Error) && limit?.writable !== false;
}

/**
 * @param below frames above and including this function are left out.
 * @returns innermost first.
 * @throws TypeError where the host has frozen `Error`.
 */
export function captureStack(below: (...args: never[]) => unknown): readonly NodeJS.CallSite[] {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = STACK_DEPTH;
    Error.prepareStackTrace = returnCallSites;
    Error.captureStackTrace(holder, below);
    // Prepared when it is read.
    const { stack } = holder;
    return Array.isArray(stack) ? (stack as NodeJS.CallSite[]) : [];
  } finally {
    restore('stackTraceLimit', limit);
    restore('prepareStackTrace', prepare);
  }
}

function restore(name: 'stackTraceLimit' | 'prepareStackTrace', before: PropertyDescriptor | undefined): void {
  if (!before) delete (Error as Partial<ErrorConstructor>)[name];
  else if ('value' in before) (Error as unknown as Record<string, unknown>)[name] = before.value;
}
