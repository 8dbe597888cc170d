/** Asks the server something, again whenever the question changes. What came for an older question is dropped. */

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

export interface Asked<Answer> {
  /** Null until it is there, and while there is no question. */
  readonly answer: Answer | null;
  /** What the server said instead of an answer. */
  readonly failure: Error | null;
}

const NOTHING = { question: null, answer: null, failure: null };

/**
 * @param question what decides on the answer, as text; null asks nothing.
 * @param version asks again when it changes; what is there stays until the answer comes.
 */
export function useAnswer<Answer>(
  question: string | null,
  ask: (signal: AbortSignal) => Promise<Answer>,
  version = '',
): Asked<Answer> {
  const asked = useSignal<Asked<Answer> & { readonly question: string | null }>(NOTHING);
  useEffect(() => {
    if (question === null) return;
    const abort = new AbortController();
    ask(abort.signal).then(
      (answer) => {
        if (!abort.signal.aborted) asked.value = { question, answer, failure: null };
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        asked.value = { question, answer: null, failure: error instanceof Error ? error : new Error(String(error)) };
      },
    );
    return () => abort.abort();
  }, [question, version]);
  return asked.value.question === question ? asked.value : NOTHING;
}
