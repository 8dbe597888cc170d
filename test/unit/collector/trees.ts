/** Trees by their samples alone, and the profiler's own folder in tests. */

import { SourceMaps } from '../../../src/collector/source-maps.ts';
import { Symbolizer } from '../../../src/collector/symbolizer.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { sumColumn } from '../../../src/profile/totals.ts';
import { drawTree } from '../../helpers/profiles.ts';

/** Where the profiler's own code seems to lie. */
export const OWN_DIRECTORY = '/opt/profiler/dist';

export function symbolizer(): Symbolizer {
  return new Symbolizer(OWN_DIRECTORY, new SourceMaps(async () => null));
}

/** As `drawTree`, with the number of samples behind each function that has some. */
export function drawSamples(profile: Profile): string {
  const { samples } = profile.nodes.self;
  const times = Float64Array.from(samples, (count) => count * 10);
  const none = new Float64Array(times.length);
  const self = { samples, cpuNs: times, wallNs: times, waitNs: none, waits: none };
  return drawTree({ ...profile, nodes: { ...profile.nodes, self } });
}

export function samplesIn(profile: Profile): number {
  return sumColumn(profile.nodes.self.samples);
}
