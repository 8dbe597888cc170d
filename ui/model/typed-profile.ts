/** The wire's columns as typed arrays: a profile of a million nodes is walked on every change of the view. */

import type { Profile, ProfileAnswer } from '../../src/api/types.ts';

export function typedProfile(answer: ProfileAnswer): Profile {
  const { parent, function: functionOf, self } = answer.nodes;
  return {
    ...answer,
    nodes: {
      parent: Int32Array.from(parent),
      function: Int32Array.from(functionOf),
      self: {
        samples: Float64Array.from(self.samples),
        cpuNs: Float64Array.from(self.cpuNs),
        wallNs: Float64Array.from(self.wallNs),
        waitNs: Float64Array.from(self.waitNs),
        waits: Float64Array.from(self.waits),
      },
    },
  };
}
