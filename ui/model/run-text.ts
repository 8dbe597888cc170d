/** How a run is named where one is to be chosen. */

import type { RunSummary } from '../../src/api/types.ts';
import { countText } from './text.ts';

export function runText({ startedAt, requests }: RunSummary): string {
  return `${new Date(startedAt).toLocaleString('en-GB')}, ${countText(requests)} requests`;
}
