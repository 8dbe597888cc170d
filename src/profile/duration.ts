/** Durations for people. */

/** Three significant digits with the unit that suits: `12.3 s`, `4.56 ms`, `78.0 us`, `5 ns`, `0 s`. */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0 s';
  if (ns >= 999_500_000) return `${digits(ns / 1e9)} s`;
  if (ns >= 999_500) return `${digits(ns / 1e6)} ms`;
  if (ns >= 999.5) return `${digits(ns / 1e3)} us`;
  return `${Math.round(ns)} ns`;
}

function digits(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value.toPrecision(3);
}
