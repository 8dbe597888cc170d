/** A slow request for tests of the store. */

import type { RequestTimeline } from '../../../src/profile/kept-request.ts';

export function slowRequest(id: string, durationMs: number, startedAt = 1_700_000_000_000): RequestTimeline {
  return {
    id,
    route: 'GET /slow',
    method: 'GET',
    url: '/slow',
    status: 200,
    isAborted: false,
    startedAt,
    durationMs,
    cpuMs: 19,
    wallMs: 20,
    waitMs: 100,
    otherMs: 1,
    othersMs: 5,
    isTraced: true,
    pid: 1,
    functions: [
      { name: 'work', file: '/app/a.js', line: 1, column: 2, category: 'app' },
      { name: 'timers.setTimeout', file: '', line: 0, column: 0, category: 'wait' },
    ],
    stacks: [[0], [0, 1]],
    routes: ['GET /other'],
    samples: { atMs: [0, 10], stack: [0, 0], wallMs: [10, 10], cpuMs: [9, 10] },
    waits: { startMs: [20], endMs: [120], stack: [1] },
    others: { atMs: [130], stack: [0], wallMs: [5], route: [0] },
  };
}
