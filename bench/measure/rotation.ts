/** Reads from the agent's status API how long its rotations held the main thread. */

/** `overhead.rotationMs` of GET api/v1/status, milliseconds. */
export interface RotationTimes {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const STATUS_PATH = '/__profile__/api/v1/status';
const FIELDS = ['count', 'mean', 'p50', 'p99', 'max'] as const;

/** @returns null when the status does not have them (yet) */
export async function readRotationTimes(port: number): Promise<RotationTimes | null> {
  const response = await fetch(`http://127.0.0.1:${port}${STATUS_PATH}`);
  if (!response.ok) return null;
  const status = (await response.json()) as { overhead?: { rotationMs?: unknown } };
  const times = status.overhead?.rotationMs;
  return isRotationTimes(times) ? times : null;
}

function isRotationTimes(value: unknown): value is RotationTimes {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  return FIELDS.every((field) => typeof record[field] === 'number');
}

/**
 * An upper bound of the 99th percentile over many processes, each of which reports its own: the smallest reported p99 that at
 * least 99 % of all rotations stay below. Exact when every process made fewer than 100 rotations and they are alike.
 * @returns null without any rotation
 */
export function rotationP99Ms(times: readonly RotationTimes[]): number | null {
  const sorted = times.filter((time) => time.count > 0).sort((a, b) => a.p99 - b.p99);
  const total = sorted.reduce((sum, time) => sum + time.count, 0);
  let covered = 0;
  for (const time of sorted) {
    covered += time.count;
    if (covered >= 0.99 * total) return time.p99;
  }
  return null;
}
