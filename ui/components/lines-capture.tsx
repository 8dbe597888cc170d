/** Of which capture the source's figures are, a choice where there are several, and a new one. */

import type { JSX } from 'preact';
import type { SourceAnswer } from '../../src/api/function-types.ts';
import { captureText, countText } from '../model/text.ts';
import { useStore } from '../state/store.ts';

const SECONDS = 10;

export function LinesCapture({ shown }: { readonly shown: SourceAnswer['capture'] }): JSX.Element {
  const { captures, go } = useStore();
  const finished = captures.list.value.filter(({ kind, state }) => kind === 'lines' && state === 'done');
  const running = captures.running.value;
  return (
    <>
      {shown === null ? (
        <span>Nobody has measured lines yet.</span>
      ) : (
        <span class="count">
          {finished.length > 1 ? (
            <select
              aria-label="Capture of lines"
              value={shown.id}
              onChange={({ currentTarget }) => go({ capture: currentTarget.value, run: null })}
            >
              {finished.map((capture) => (
                <option key={capture.id} value={capture.id}>
                  {captureText(capture)}
                </option>
              ))}
            </select>
          ) : (
            captureText(shown)
          )}
          {`: ${countText(shown.samples)} samples every ${shown.intervalMs} ms`}
        </span>
      )}
      {running ? (
        <span class="count">{`Capturing ${running.kind}, ${Math.floor(running.progress * 100)} %`}</span>
      ) : (
        <button type="button" onClick={() => void captures.start('lines', SECONDS)}>
          {shown === null ? `Measure lines for ${SECONDS} s` : 'Measure again'}
        </button>
      )}
      {captures.refusal.value !== null && (
        <span class="refusal" role="alert">
          {captures.refusal.value}
        </span>
      )}
    </>
  );
}
