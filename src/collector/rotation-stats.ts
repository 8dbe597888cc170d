/** How long rotations held the host's thread. */

import { DDSketch } from '@datadog/sketches-js';
import type { Quantiles } from '../api/types.ts';

export class RotationStats {
  readonly #sketch = new DDSketch({ relativeAccuracy: 0.01 });

  /** @param ms NaN where there was none. */
  add(ms: number): void {
    if (Number.isFinite(ms)) this.#sketch.accept(ms);
  }

  get totalMs(): number {
    return this.#sketch.sum;
  }

  quantiles(): Quantiles {
    const { count, sum, max } = this.#sketch;
    if (count === 0) return { count: 0, mean: 0, p50: 0, p99: 0, max: 0 };
    const quantile = (q: number): number => Math.min(this.#sketch.getValueAtQuantile(q), max);
    return { count, mean: sum / count, p50: quantile(0.5), p99: quantile(0.99), max };
  }
}
