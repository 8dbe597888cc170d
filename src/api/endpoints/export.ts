/** GET api/v1/export: the selected profile in another tool's format, as a download. */

import type { Exporter } from '../../export/contract.ts';
import { exporters, findExporter } from '../../export/index.ts';
import { exportSlice } from '../../store/export-slice.ts';
import { memoryProfile } from '../memory-profile.ts';
import { InvalidParameter, Query } from '../query.ts';
import { respond } from '../respond.ts';
import { SELECTION_PARAMETERS, selectProfile, selectSlice } from '../selection.ts';
import type { ApiResponse } from '../types.ts';
import type { Endpoint } from './contract.ts';

export const exportEndpoint: Endpoint = {
  method: 'GET',
  path: 'api/v1/export',
  async handle(request, backend) {
    const query = new Query(request.query, [...SELECTION_PARAMETERS, 'format', 'metric', 'limit']);
    const format = query.text('format');
    const exporter = format === undefined ? null : findExporter(format);
    if (!exporter) throw new InvalidParameter(`format is one of ${exporters.map((known) => known.format).join(', ')}`);
    const limit = query.number('limit', 1, 100_000);
    const rows = limit === undefined ? {} : { limit };
    const memory = await memoryProfile(query, backend);
    if (memory) {
      if (!exporter.encodeMemory) throw new InvalidParameter(`format=${exporter.format} holds time only`);
      const body = exporter.encodeMemory(memory.profile, { figure: memory.figure, ...rows });
      return download(exporter, 'heap', memory.profile.window.to, body);
    }
    const options = { metric: query.metric(), ...rows };
    if (query.text('capture') !== undefined) {
      const profile = await selectProfile(query, backend);
      return download(exporter, 'profile', profile.window.to, exporter.encode(profile, options));
    }
    const { slice, wanted } = await selectSlice(query, backend, 'now');
    return download(exporter, 'profile', slice.tree.window.to, exportSlice(exporter, slice, wanted, options));
  },
};

/** @param endedAt milliseconds since the epoch */
function download(exporter: Exporter, name: string, endedAt: number, body: Uint8Array): ApiResponse {
  const date = new Date(endedAt).toISOString().replace(/[:.]/g, '-');
  return respond(200, exporter.contentType, body, {
    'content-disposition': `attachment; filename="${name}-${date}${exporter.extension}"`,
  });
}
