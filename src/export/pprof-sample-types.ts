/** Which value of a pprof sample is which of our figures, for our own files and for those of other profilers. */

import type { SelfFigures } from '../profile/call-tree-builder.ts';
import type { PprofMessage } from './pprof-message.ts';

/** Of the files that we write. */
export const SAMPLE_TYPES = [
  ['samples', 'count'],
  ['cpu', 'nanoseconds'],
  ['wall', 'nanoseconds'],
  ['wait', 'nanoseconds'],
  ['waits', 'count'],
] as const;

const NS_BY_UNIT: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1000,
  milliseconds: 1_000_000,
  seconds: 1_000_000_000,
};

/** Go's block and mutex profiles call a wait a contention and its time a delay. */
const TYPES = {
  samples: ['samples', 'sample'],
  cpu: ['cpu'],
  wall: ['wall'],
  wait: ['wait', 'delay'],
  waits: ['waits', 'contentions'],
} as const;

/**
 * @returns reads one sample's values
 * @throws when the file measured no time, for example a heap profile
 */
export function sampleReaderOf({ sampleTypes }: PprofMessage): (values: readonly number[]) => SelfFigures {
  const find = (types: readonly string[], isTime: boolean): ((values: readonly number[]) => number) | null => {
    const index = sampleTypes.findIndex(
      ({ type, unit }) => types.includes(type) && Object.hasOwn(NS_BY_UNIT, unit) === isTime,
    );
    const factor = NS_BY_UNIT[sampleTypes[index]?.unit ?? ''] ?? 1;
    return index < 0 ? null : (values) => (values[index] ?? 0) * factor;
  };
  const none = (): number => 0;
  const [cpu, wall, wait] = [find(TYPES.cpu, true), find(TYPES.wall, true), find(TYPES.wait, true)];
  if (cpu === null && wall === null && wait === null) {
    const types = sampleTypes.map(({ type, unit }) => `${type}/${unit}`).join(', ');
    throw new Error(`it has no CPU, wall or wait time, only ${types}`);
  }
  const samples = find(TYPES.samples, false) ?? none;
  const waits = find(TYPES.waits, false) ?? none;
  return (values) => {
    if (values.length !== sampleTypes.length) {
      throw new Error(`a sample has ${values.length} values for ${sampleTypes.length} sample types`);
    }
    const waitNs = (wait ?? none)(values);
    return {
      samples: samples(values),
      cpuNs: (cpu ?? none)(values),
      // Ours is with the time awaited; the model keeps the two apart.
      wallNs: wall === null ? 0 : Math.max(wall(values) - waitNs, 0),
      waitNs,
      waits: waits(values),
    };
  };
}
