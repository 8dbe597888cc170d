/** Parser of the bounds of the data folder. */

import type { Retention } from '../options.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const UNIT_BYTES: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** @returns a parser of `7d,256mb` in either order; one alone leaves the other as in `standard`. Neither can be unlimited. */
export function retentionParser(standard: Retention): (text: string) => Retention | undefined {
  return (text) => {
    let ageMs: number | undefined;
    let bytes: number | undefined;
    for (const part of text.toLowerCase().split(',', 3)) {
      const match = /^([1-9]\d{0,5}) ?([smhdw]|[kmg]b)$/.exec(part.trim());
      const amount = Number(match?.[1]);
      const [unitMs, unitBytes] = [UNIT_MS[match?.[2] ?? ''], UNIT_BYTES[match?.[2] ?? '']];
      if (unitMs !== undefined && ageMs === undefined) ageMs = amount * unitMs;
      else if (unitBytes !== undefined && bytes === undefined) bytes = amount * unitBytes;
      else return undefined;
    }
    return { ageMs: ageMs ?? standard.ageMs, bytes: bytes ?? standard.bytes };
  };
}
