/** GET api/v1/requests: the slowest requests of each route; api/v1/requests/ID: one with its timeline, also for Perfetto. */

import { encodeChromeTrace } from '../../export/chrome-trace.ts';
import type { KeptRequest, RequestTimeline } from '../../profile/kept-request.ts';
import { Query } from '../query.ts';
import { failure, json, respond } from '../respond.ts';
import { PART_PARAMETERS, selectionOf } from '../selection.ts';
import type { RequestsAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

const REQUESTS = 'api/v1/requests';
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** All but `time` sort the largest first, `time` the newest. */
const SORTS = ['duration', 'cpu', 'wait', 'other', 'others', 'time'] as const;
const FIGURES: Readonly<Record<(typeof SORTS)[number], (request: KeptRequest) => number>> = {
  duration: ({ durationMs }) => durationMs,
  cpu: ({ cpuMs }) => cpuMs,
  wait: ({ waitMs }) => waitMs,
  other: ({ otherMs }) => otherMs,
  others: ({ othersMs }) => othersMs,
  time: ({ startedAt }) => startedAt,
};

export const requestsEndpoint: Endpoint = {
  method: 'GET',
  path: REQUESTS,
  async handle(request, backend) {
    const query = new Query(request.query, ['route', 'sort', 'limit', ...PART_PARAMETERS]);
    const routes = new Set(query.texts('route'));
    const figure = FIGURES[query.oneOf('sort', SORTS, 'duration')];
    const limit = query.number('limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const selection = selectionOf(query, backend);
    await backend.refresh(selection);
    const kept = await backend.requests(selection);
    const wanted = kept.filter(({ route }) => routes.size === 0 || routes.has(route));
    const answer: RequestsAnswer = {
      slowMs: backend.options.slowMs,
      requests: wanted
        .toSorted((a, b) => figure(b) - figure(a))
        .slice(0, limit)
        .map(withoutTimeline),
    };
    return json(answer);
  },
};

export const requestEndpoint: Endpoint = {
  method: 'GET',
  path: `${REQUESTS}/*`,
  async handle(request, backend) {
    const query = new Query(request.query, ['format', ...PART_PARAMETERS]);
    const format = query.oneOf('format', ['json', 'trace'], 'json');
    const id = request.path.slice(REQUESTS.length + 1);
    const kept = await backend.requests(selectionOf(query, backend));
    const timeline = kept.find((candidate) => candidate.id === id);
    if (!timeline) return failure(404, 'PROFILER_E_NOT_FOUND', 'there is no such request: slower ones took its place');
    if (format === 'json') return json(timeline);
    return respond(200, 'application/json', encodeChromeTrace(timeline), {
      'content-disposition': `attachment; filename="request-${timeline.id}.json"`,
    });
  },
};

function withoutTimeline({
  functions,
  stacks,
  routes,
  samples,
  waits,
  others,
  ...request
}: RequestTimeline): KeptRequest {
  return request;
}
