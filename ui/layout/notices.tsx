/** What the page has to say: the server is gone, something failed, something worked. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useStore } from '../state/store.ts';

const SHOWN_MS = 5000;
/** Of what is no capture, no longer kept, or not sampled. */
const LOST_STATUS = [400, 404, 409];

export function Notices(): JSX.Element {
  const { data, go, notice, view } = useStore();
  const failure = data.failure.value;
  const text = notice.value;
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => {
      notice.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const problems = data.status.value?.problems ?? [];
  const isCaptureLost = failure !== null && LOST_STATUS.includes(failure.status) && view.value.capture !== null;
  const isSelected =
    view.value.routes.length > 0 ||
    view.value.window.kind !== 'all' ||
    view.value.process !== null ||
    view.value.run !== null;
  return (
    <>
      {failure && (
        <div class="banner failing" role="alert">
          {failure.message}
          {failure.status === 0 &&
            (data.recording.value ? '. What is shown is the last it said; trying again' : '. Trying again')}
          {isCaptureLost && (
            <button type="button" onClick={() => go({ capture: null, zoom: null })}>
              Back to what is recorded
            </button>
          )}
          {failure.status === 400 && isSelected && !isCaptureLost && (
            <button
              type="button"
              onClick={() => go({ routes: [], window: { kind: 'all' }, process: null, run: null, zoom: null })}
            >
              Show everything
            </button>
          )}
        </div>
      )}
      {problems.map((problem) => (
        <div key={problem} class="banner">
          {problem}
        </div>
      ))}
      {text !== null && <div class="toast">{text}</div>}
    </>
  );
}
