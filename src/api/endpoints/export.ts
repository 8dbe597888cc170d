/** GET api/v1/export: the selected profile in another tool's format, as a download. */

import { exporters, findExporter } from '../../export/index.ts';
import { memoryProfile } from '../memory-profile.ts';
import { InvalidParameter, Query } from '../query.ts';
import { respond } from '../respond.ts';
import { SELECTION_PARAMETERS, selectProfile } from '../selection.ts';
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
    if (memory && !exporter.encodeMemory) throw new InvalidParameter(`format=${exporter.format} holds time only`);
    const profile = memory?.profile ?? (await selectProfile(query, backend, 'now'));
    const body =
      memory && exporter.encodeMemory
        ? exporter.encodeMemory(profile, { figure: memory.figure, ...rows })
        : exporter.encode(profile, { metric: query.metric(), ...rows });
    const date = new Date(profile.window.to).toISOString().replace(/[:.]/g, '-');
    return respond(200, exporter.contentType, body, {
      'content-disposition': `attachment; filename="${memory ? 'heap' : 'profile'}-${date}${exporter.extension}"`,
    });
  },
};
