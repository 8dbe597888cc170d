/** The wire's columns as typed arrays: a profile of a million nodes is walked on every change of the view. */

import type { Profile, ProfileAnswer } from '../../src/api/types.ts';

export function typedProfile(answer: ProfileAnswer): Profile {
  const { parent, function: functionOf, self } = answer.nodes;
  return {
    ...answer,
    nodes: {
      parent: new Int32Array(parent),
      function: new Int32Array(functionOf),
      self: {
        samples: new Float64Array(self.samples),
        cpuNs: new Float64Array(self.cpuNs),
        wallNs: new Float64Array(self.wallNs),
        waitNs: new Float64Array(self.waitNs),
        waits: new Float64Array(self.waits),
      },
    },
  };
}
