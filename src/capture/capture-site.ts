/**
 * What a capture does on the host's own thread: looks whether it would disturb the host, keeps V8 from optimising while calls are counted,
 * and counts calls of async functions.
 */

import { setFlagsFromString } from 'node:v8';
import type { CaptureKind } from '../api/types.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Guard } from '../host/guard.ts';
import { AsyncCallCounter, type AsyncCalls } from './async-calls.ts';

const FEATURE = 'counting calls';
/**
 * V8 stops optimising while it counts calls, but for functions with long loops, whose counts then go wrong: on Node.js 20 and 22 without this
 * flag (measured in docs/adr/0012-captures.md), later with it as well.
 */
const LAST_MAJOR_HELD_BACK = 22;
const OPTIMIZER_OFF = '--no-opt';
const OPTIMIZER_ON = '--opt';

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
    if (Number.parseInt(process.versions.node, 10) > LAST_MAJOR_HELD_BACK) return;
    // Whoever started the process with flags of this kind keeps them.
    if (/--(?:no-?)?(?:opt|turbofan|jitless)\b/.test(flagsOfProcess())) return;
    setFlagsFromString(OPTIMIZER_OFF);
    this.#isHoldingBack = true;
  }

  #releaseOptimizer(): void {
    if (!this.#isHoldingBack) return;
    this.#isHoldingBack = false;
    setFlagsFromString(OPTIMIZER_ON);
  }
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
