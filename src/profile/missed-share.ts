/** Whether the machine lets the sampler see short work: said wherever the figures are read. */

/** Fewer samples of work say nothing about the machine. */
const LEAST_SAMPLES = 200;
const LEAST_SHARE = 0.05;

export const MISSED_NOTE: string =
  'the sampling thread had to wait for a core (a machine or container with one core, or a busy one): work below two milliseconds shows less than it took, longer work more';

export interface SampleTotals {
  readonly samples: number;
  readonly idleSamples: number;
  /** Idle ones that came late, after work that they would have hit. */
  readonly missedSamples: number;
}

/** @returns the share of the samples of work that came too late to show it, between 0 and 1; 0 where it is too small to matter, or not known. */
export function missedShare({ samples, idleSamples, missedSamples }: SampleTotals): number {
  const due = samples - idleSamples + missedSamples;
  const share = due < LEAST_SAMPLES ? 0 : missedSamples / due;
  return share < LEAST_SHARE ? 0 : share;
}
