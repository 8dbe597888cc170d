/** GET stats, and the page itself: the text table with repoze.profile's parameters. */

import { type PstatsParams, renderPstats, STATS_MODES, STATS_SORTS } from '../../export/pstats-text.ts';
import { MISSED_NOTE, missedShare } from '../../profile/missed-share.ts';
import { memoryProfile } from '../memory-profile.ts';
import { Query } from '../query.ts';
import { text } from '../respond.ts';
import { SELECTION_PARAMETERS, selectProfile } from '../selection.ts';
import type { ApiRequest, ApiResponse } from '../types.ts';
import type { Backend, Endpoint } from './contract.ts';

const DEFAULT_LIMIT = 60;
const PARAMETERS = [...SELECTION_PARAMETERS, 'sort', 'limit', 'mode', 'fulldirs', 'filename', 'metric', 'refresh'];

export const statsEndpoint: Endpoint = { method: 'GET', path: 'stats', handle: stats };

export const pageEndpoint: Endpoint = { method: 'GET', path: '', handle: stats };

async function stats(request: ApiRequest, backend: Backend): Promise<ApiResponse> {
  const query = new Query(request.query, PARAMETERS);
  const filename = query.text('filename');
  const memory = await memoryProfile(query, backend);
  const params: PstatsParams = {
    sort: query.oneOf('sort', STATS_SORTS, 'time'),
    mode: query.oneOf('mode', STATS_MODES, 'stats'),
    limit: query.number('limit', 1, 100_000) ?? DEFAULT_LIMIT,
    fulldirs: query.oneOf('fulldirs', ['0', '1'], '0') === '1',
    ...(memory ? { metric: 'cpu', memory: memory.figure } : { metric: query.metric() }),
    ...(filename === undefined ? {} : { filename }),
  };
  const profile = memory?.profile ?? (await selectProfile(query, backend));
  return text(hint(backend) + renderPstats(profile, params));
}

/** What the reader must know of the figures: why there are none, or why not to trust them. */
function hint(backend: Backend): string {
  const { sampling, requests, problems } = backend.status();
  const lines = problems.map((problem) => `! ${problem}\n`);
  if (!sampling.recording) lines.push('! recording is off\n');
  if (backend.options.discardFirstRequest && requests.ended === 1)
    lines.push('! the first request was discarded as warm-up (discard_first_request)\n');
  const missed = missedShare(sampling);
  if (missed > 0) lines.push(`! ${(100 * missed).toFixed(0)} % of the samples of work came too late: ${MISSED_NOTE}\n`);
  return lines.join('');
}
