/**
 * What a capture does on the host's own thread: looks whether it would disturb the host, keeps V8 from optimising while calls are counted,
 * and counts calls of async functions.
 */

import { setFlagsFromString } from 'node:v8';
import type { CaptureKind } from '../api/types.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Guard } from '../host/guard.ts';
import { AsyncCallCounter, type AsyncCalls } from './async-calls.ts';
import { decidesOptimizer } from './optimizer-flags.ts';

const FEATURE = 'counting calls';
/**
 * V8 counts calls in code that is not optimised, and while it counts it picks out nothing more to optimise. What it had picked out before and
 * not yet called again it would still optimise, or count its first call twice: `GetOrCompileOptimized` in V8's codegen/compiler.cc.
 * docs/adr/0012-captures.md
 */
const FILTERS = ['--turbo-filter=', '--maglev-filter='];
const NO_FUNCTION = '~';
const EVERY_FUNCTION = '*';
/** Versions whose V8 also counts such a call in place of optimising, where the function has been called less often than this. */
const FIRST_MAJOR_WITH_MINIMUM = 22;
const MINIMUM = '--minimum-invocations-before-optimization=';
const DEFAULT_MINIMUM = 2;
/** V8 complains on stderr about flags that it does not know: of later versions nothing is known. */
const LAST_MAJOR_KNOWN = 26;
const MAJOR = Number.parseInt(process.versions.node, 10);

export class CaptureSite {
  readonly #guard: Guard;
  #counter: AsyncCallCounter | undefined;
  #isHoldingBack = false;

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  /** @returns why a capture of this kind would disturb the host, null where it would not. */
  begin(kind: CaptureKind): string | null {
    this.end();
    if (kind !== 'calls') return null;
    const obstacle = coverageObstacle();
    if (obstacle !== null) return obstacle;
    this.#guard.run(FEATURE, () => {
      this.#holdBackOptimizer();
      const counter = new AsyncCallCounter((error) => this.#guard.fail(FEATURE, error));
      counter.start();
      this.#counter = counter;
    });
    return null;
  }

  /** @returns null where nothing was counted. Harmless where nothing began. */
  end(): AsyncCalls | null {
    const counter = this.#counter;
    this.#counter = undefined;
    // Not in the guard, which runs nothing of a feature that has failed.
    this.#releaseOptimizer();
    return (counter && this.#guard.run(FEATURE, () => counter.stop())) ?? null;
  }

  #holdBackOptimizer(): void {
    if (MAJOR > LAST_MAJOR_KNOWN) return;
    // Whoever started the process with flags of this kind keeps them.
    if (decidesOptimizer(flagsOfProcess())) return;
    this.#isHoldingBack = true;
    setFlags(NO_FUNCTION, 0);
  }

  #releaseOptimizer(): void {
    if (!this.#isHoldingBack) return;
    this.#isHoldingBack = false;
    setFlags(EVERY_FUNCTION, DEFAULT_MINIMUM);
  }
}

function setFlags(optimised: string, minimum: number): void {
  for (const filter of FILTERS) setFlagsFromString(`${filter}${optimised}`);
  if (MAJOR >= FIRST_MAJOR_WITH_MINIMUM) setFlagsFromString(`${MINIMUM}${minimum}`);
}

function flagsOfProcess(): string {
  return [...process.execArgv, readEnvironment()['NODE_OPTIONS'] ?? ''].join(' ');
}

/**
 * V8 has one set of call counters for all who ask, whoever reads them sets them to zero, and nobody can be asked whether they are on. Where
 * the program may be using them they are its own.
 */
function coverageObstacle(): string | null {
  if (readEnvironment()['NODE_V8_COVERAGE'])
    return 'NODE_V8_COVERAGE is set: the program has its own coverage recorded';
  if (/(?:^|\s)--inspect/.test(flagsOfProcess()))
    return 'the program was started with --inspect: a debugger may be counting calls';
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  if (moduleLoadList.includes('NativeModule inspector') || moduleLoadList.includes('NativeModule inspector/promises'))
    return 'the program has loaded node:inspector and may be counting calls itself';
  return null;
}
