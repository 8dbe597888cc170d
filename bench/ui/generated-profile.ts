/** Profiles of any size, always the same for the same size. */

import type { ProfileAnswer } from '../../src/api/types.ts';
import type { FunctionInfo } from '../../src/profile/profile.ts';

const MAX_DEPTH = 60;
/** Frames of Node.js above everything, as servers have them. */
const LEAD = 14;
const PACKAGES = ['express', 'pg', 'ejs', 'lodash', 'undici', 'zod', 'pino', 'ioredis'];

/** A linear congruential generator (Numerical Recipes): numbers from 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function generatedProfile(nodeCount: number, functionCount: number): ProfileAnswer {
  const random = randomNumbers(nodeCount);
  const parent = [-1];
  const functionOf = [-1];
  const depth = [0];
  const cpuNs = [0];
  for (let node = 1; node < nodeCount; node++) {
    // Mostly below one of the latest nodes: long stacks that branch, as programs have them.
    let above = node <= LEAD ? node - 1 : node - 1 - Math.floor(random() ** 6 * Math.min(node - LEAD, 2000));
    while ((depth[above] ?? 0) >= MAX_DEPTH) above = parent[above] ?? 0;
    parent.push(above);
    depth.push((depth[above] ?? 0) + 1);
    functionOf.push(node <= LEAD ? node - 1 : Math.floor(random() ** 2 * functionCount));
    cpuNs.push(random() < 0.6 ? Math.round(1e7 * random() ** 4) : 0);
  }
  const zeros = parent.map(() => 0);
  return {
    version: 1,
    run: 'generated',
    window: { from: 0, to: 60_000 },
    routes: ['GET /'],
    requests: 1000,
    intervalMs: 10,
    functions: Array.from({ length: functionCount }, (_function, index) => generatedFunction(index)),
    nodes: {
      parent,
      function: functionOf,
      self: { samples: cpuNs.map((ns) => (ns > 0 ? 1 : 0)), cpuNs, wallNs: cpuNs, waitNs: zeros, waits: zeros },
    },
  };
}

function generatedFunction(index: number): FunctionInfo {
  if (index < LEAD)
    return { name: `internal${index}`, file: 'node:http', line: 1 + index, column: 1, category: 'node' };
  const owner = PACKAGES[index % (PACKAGES.length + 2)];
  const file =
    owner === undefined ? `/app/src/part-${index % 400}.js` : `/app/node_modules/${owner}/lib/part-${index % 90}.js`;
  const place = { name: `function${index}`, file, line: 1 + (index % 900), column: 1 };
  return owner === undefined ? { ...place, category: 'app' } : { ...place, category: 'package', package: owner };
}
