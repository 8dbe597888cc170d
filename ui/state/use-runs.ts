/** The runs that the server keeps: asked for when one begins or a process joins it. */

import type { RunSummary } from '../../src/api/types.ts';
import { useStore } from './store.ts';
import { useAnswer } from './use-answer.ts';

/** @param version asks again when it changes. @returns the newest first; none until they are there, and on a saved page. */
export function useRuns(version = 0): readonly RunSummary[] {
  const { client, data } = useStore();
  const status = data.status.value;
  const { answer } = useAnswer(
    client.isConnected && status !== null ? 'runs' : null,
    (signal) => client.runs(signal),
    `${status?.run.id} ${status?.processes.length} ${version}`,
  );
  // Without an answer the page does without; that the server is gone is said elsewhere.
  return answer?.runs ?? [];
}
