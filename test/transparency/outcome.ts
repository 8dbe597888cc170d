/** What became of the tests of a suite, and how two runs of it compare. */

export type Outcome = 'pass' | 'fail' | 'skip';

/** Test name -> outcome. Names are unique: repeated ones are numbered. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** Collects outcomes; a name that comes again gets a number. */
export class OutcomeList {
  readonly outcomes: Map<string, Outcome> = new Map();

  add(name: string, outcome: Outcome): void {
    let unique = name;
    for (let count = 2; this.outcomes.has(unique); count++) unique = `${name} (${count})`;
    this.outcomes.set(unique, outcome);
  }
}

export interface Difference {
  readonly test: string;
  /** Outcome of each run; `missing` where the test did not come up. */
  readonly bare: readonly string[];
  readonly profiled: readonly string[];
  /**
   * True when every run without the agent gave one outcome and every run with it another. Otherwise the test is unsteady:
   * its outcome varies by itself.
   */
  readonly isSteady: boolean;
}

/** @param bare runs without the agent. @param profiled runs with it. @returns the tests whose outcomes are not all the same. */
export function compareRuns(bare: readonly Outcomes[], profiled: readonly Outcomes[]): Difference[] {
  const tests = new Set([...bare, ...profiled].flatMap((run) => [...run.keys()]));
  return [...tests].flatMap((test) => {
    const without = bare.map((run) => run.get(test) ?? 'missing');
    const withAgent = profiled.map((run) => run.get(test) ?? 'missing');
    if (new Set([...without, ...withAgent]).size === 1) return [];
    const isSteady = new Set(without).size === 1 && new Set(withAgent).size === 1;
    return [{ test, bare: without, profiled: withAgent, isSteady }];
  });
}

export interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
}

export function countOutcomes(outcomes: Outcomes): Counts {
  const counts = { pass: 0, fail: 0, skip: 0 };
  for (const outcome of outcomes.values()) counts[outcome]++;
  return counts;
}
