/** How figures are written. Pure. */

import type { Estimate } from '../statistics/bootstrap.ts';

const signed = (value: number, digits: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;

export const formatRatio = (value: number): string => `${value.toFixed(3)}x`;

export const formatMs = (value: number): string => `${value.toFixed(2)} ms`;

export const formatSignedMs = (value: number): string => `${signed(value, 1)} ms`;

export const formatMicros = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} us`;

export const formatMb = (value: number): string => `${value.toFixed(0)} MB`;

export const formatSignedMb = (value: number): string => `${signed(value, 1)} MB`;

export const formatCount = (value: number): string => value.toFixed(0);

/** `1.021x [1.015x, 1.027x]` */
export function formatEstimate(estimate: Estimate, format: (value: number) => string): string {
  return `${format(estimate.median)} [${format(estimate.low)}, ${format(estimate.high)}]`;
}
