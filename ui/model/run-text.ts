/** How a run is named where one is to be chosen. */

import type { RunSummary } from '../../src/api/types.ts';
import { countText } from './text.ts';

const WHEN = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

export function runText({ startedAt, requests }: RunSummary): string {
  return `${new Date(startedAt).toLocaleString('en-GB', WHEN)}, ${countText(requests)} requests`;
}
