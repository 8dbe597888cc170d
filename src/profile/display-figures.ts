/** Figures as pstats prints them: the text table and the page show the same digits. */

const NS_PER_SECOND = 1e9;

/** Seconds to the millisecond: `18.211`. */
export function formatSeconds(ns: number): string {
  return (ns / NS_PER_SECOND).toFixed(3);
}

/** To the microsecond: a request's share of a function is often less than a millisecond. @returns '' where nothing was counted */
export function formatSecondsPer(ns: number, count: number): string {
  if (count === 0) return '';
  const value = ns / count / NS_PER_SECOND;
  return value.toFixed(value < 10 ? 6 : 3);
}

/** Samples of re-rooted stacks are shared out and may be fractions. */
export function formatSamples(samples: number): string {
  return String(Math.round(samples * 10) / 10);
}
