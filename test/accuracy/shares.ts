/** Compares shares with the truth, in percentage points, and prints the table that says how well they agree. */

import assert from 'node:assert/strict';

/** What is promised (DESIGN 7). */
const TOLERANCE_PP = 2;
/** So that chance alone fails a row once in hundreds of runs at most. */
const SIGMAS = 3;

export interface ShareRow {
  readonly what: string;
  /** Between 0 and 1. */
  readonly truth: number;
  /** Between 0 and 1. */
  readonly measured: number;
}

/**
 * Prints every row and fails when one is off by more than the tolerance.
 * @param samples how many busy samples the shares rest on. A share p of n samples scatters by sqrt(p (1 - p) / n).
 */
export function checkShares(title: string, rows: readonly ShareRow[], samples: number): void {
  const widest = Math.max(...rows.map(({ what }) => what.length));
  const scatter = Math.max(...rows.map((row) => scatterPp(row, samples)));
  const lines = rows.map((row) => {
    const cells = [row.truth, row.measured].map((share) => percent(share).padStart(7));
    return `  ${row.what.padEnd(widest)} ${cells.join(' ')} ${signed(differencePp(row)).padStart(7)}`;
  });
  const head = `  ${''.padEnd(widest)} ${'truth'.padStart(7)} ${'found'.padStart(7)} ${'diff'.padStart(7)}`;
  console.log(
    `${title}, Node.js ${process.version}: ${samples} samples, ${SIGMAS} sigma at most ${scatter.toFixed(2)} pp\n${head}\n${lines.join('\n')}`,
  );
  assert.ok(
    rows.length > 0 && scatter <= TOLERANCE_PP,
    `${samples} samples are too few for ${TOLERANCE_PP} percentage points`,
  );
  const wrong = rows.filter((row) => !(Math.abs(differencePp(row)) <= TOLERANCE_PP));
  assert.deepEqual(
    wrong.map((row) => `${row.what}: ${percent(row.truth)} became ${percent(row.measured)}`),
    [],
  );
}

/** The mean of the same rows of several equal runs. */
export function meanRows(runs: readonly (readonly ShareRow[])[]): ShareRow[] {
  return (runs[0] ?? []).map(({ what }) => {
    const rows = runs.map((run) => run.find((row) => row.what === what)).filter((row) => row !== undefined);
    assert.equal(rows.length, runs.length, `${what} is not in every run`);
    return { what, truth: mean(rows.map((row) => row.truth)), measured: mean(rows.map((row) => row.measured)) };
  });
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function scatterPp({ truth }: ShareRow, samples: number): number {
  return SIGMAS * 100 * Math.sqrt((truth * Math.max(0, 1 - truth)) / samples);
}

function differencePp({ truth, measured }: ShareRow): number {
  return (measured - truth) * 100;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function signed(points: number): string {
  return `${points < 0 ? '' : '+'}${points.toFixed(2)}`;
}
