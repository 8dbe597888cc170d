/** GET api/v1/memory: what is in use on the heap by call site, where allocations are sampled all the time. */

import { encodeHeapPprof } from '../../export/heap-pprof.ts';
import { Query } from '../query.ts';
import { failure, json, respond } from '../respond.ts';
import type { ApiResponse, MemoryAnswer } from '../types.ts';
import type { Endpoint } from './contract.ts';

export const memoryEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/memory',
  async handle(request, backend) {
    const format = new Query(request.query, ['format']).oneOf('format', ['json', 'pprof'], 'json');
    const memory = await backend.memory();
    if (!memory)
      return failure(409, 'PROFILER_E_MEMORY', 'allocations are not sampled: start the server with PROFILER_HEAP=true');
    return format === 'json' ? json(memory) : memoryPprof(memory);
  },
};

export function memoryPprof(memory: MemoryAnswer): ApiResponse {
  const now = Date.now();
  const body = encodeHeapPprof(memory, { startedAt: memory.since, seconds: (now - memory.since) / 1000 });
  return respond(200, 'application/octet-stream', body, { 'content-disposition': 'attachment; filename="heap"' });
}
