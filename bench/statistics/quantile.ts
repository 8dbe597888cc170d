/** Order statistics of small lists. Pure. */

/**
 * The q-quantile with linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, as in R and NumPy).
 * @throws on an empty list or a q outside 0..1
 */
export function quantile(values: readonly number[], q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile ${q} is outside 0..1`);
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  if (low === undefined || high === undefined) throw new RangeError('quantile of an empty list');
  return low + (high - low) * (position - Math.floor(position));
}

/** The middle value; the mean of the two middle ones in a list of even length. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
