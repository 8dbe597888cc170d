/** Captures: starts one, shows how far it is, cancels it, says why it was refused, and opens what the last ones recorded. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { CAPTURE_KINDS, type CaptureKind, type CaptureSummary } from '../../src/api/types.ts';
import { captureText } from '../model/text.ts';
import { exportHeap } from '../state/actions.ts';
import { useStore } from '../state/store.ts';

const KINDS: Record<CaptureKind, { readonly title: string; readonly meaning: string }> = {
  calls: { title: 'Calls', meaning: 'How often each function is called, exactly. Slows the server down meanwhile.' },
  lines: { title: 'Lines', meaning: 'Time on each source line, sampled every millisecond.' },
  heap: { title: 'Heap', meaning: 'What allocates, and what of it stays: two halves of the time.' },
};
const MAX_SECONDS = 300;

export function CapturePanel(): JSX.Element {
  const { captures, view, data } = useStore();
  const { running, proposed } = captures;
  const isOpen = proposed.value !== null;
  const around = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    void captures.refresh();
    around.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
    const close = (event: PointerEvent): void => {
      if (event.target instanceof Node && !around.current?.contains(event.target)) proposed.value = null;
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [isOpen]);
  const { capture: shown } = view.value;
  // It would lie over what it has found.
  useEffect(() => {
    proposed.value = null;
  }, [shown]);
  const close = (): void => {
    proposed.value = null;
    button.current?.focus();
  };
  const { value: capture } = running;
  return (
    <div ref={around} class="menu">
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          proposed.value = isOpen ? null : 'calls';
        }}
      >
        {capture ? `Capturing ${capture.kind} ${Math.floor(capture.progress * 100)} %` : 'Capture'}
      </button>
      {isOpen && (
        <div
          class="panel"
          role="dialog"
          aria-label="Captures"
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            close();
          }}
        >
          {capture ? <Progress capture={capture} /> : <StartForm />}
          <Finished onOpen={close} />
          {data.status.value?.config['heap'] !== true && (
            <p class="hint">What is in use at any time, without a capture: start the server with PROFILER_HEAP=true.</p>
          )}
        </div>
      )}
    </div>
  );
}

function StartForm(): JSX.Element {
  const { captures } = useStore();
  const kind = useSignal<CaptureKind>(captures.proposed.value ?? 'calls');
  const seconds = useSignal(10);
  const isStarting = useSignal(false);
  const name = useId();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        isStarting.value = true;
        void captures.start(kind.value, seconds.value).then(() => {
          isStarting.value = false;
        });
      }}
    >
      <fieldset>
        <legend>Record for a while</legend>
        {CAPTURE_KINDS.map((known) => (
          <label key={known} class="choice">
            <input
              type="radio"
              name={name}
              checked={kind.value === known}
              onChange={() => {
                kind.value = known;
              }}
            />
            <span>
              <b>{KINDS[known].title}</b>
              <small>{KINDS[known].meaning}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="panel-row">
        <label>
          Seconds{' '}
          <input
            type="number"
            min={1}
            max={MAX_SECONDS}
            required
            value={seconds.value}
            onInput={({ currentTarget }) => {
              seconds.value = Number(currentTarget.value);
            }}
          />
        </label>
        <button type="submit" disabled={isStarting.value}>
          Start
        </button>
      </div>
      {captures.refusal.value !== null && (
        <p class="refusal" role="alert">
          {captures.refusal.value}
        </p>
      )}
    </form>
  );
}

function Progress({ capture }: { readonly capture: CaptureSummary }): JSX.Element {
  const { captures } = useStore();
  const { kind, seconds, progress, state } = capture;
  const left = Math.ceil(seconds * (1 - progress));
  return (
    <div class="panel-row">
      <label class="progress">
        {`${KINDS[kind].title}: ${state === 'finishing' ? 'making the result …' : `${left} s left`}`}
        <progress max={1} value={progress} />
      </label>
      <button type="button" onClick={() => void captures.cancel()}>
        Cancel
      </button>
    </div>
  );
}

function Finished({ onOpen }: { readonly onOpen: () => void }): JSX.Element | null {
  const store = useStore();
  const { captures, view } = store;
  const ended = captures.list.value.filter(({ state }) => state !== 'running' && state !== 'finishing');
  if (ended.length === 0) return null;
  return (
    <>
      <h3>The last ones</h3>
      <ul class="captures">
        {ended.map((capture) => (
          <li key={capture.id}>
            <span>
              {captureText(capture).replace('capture of ', '')}
              {capture.state !== 'done' && <small>{capture.reason ?? capture.state}</small>}
            </span>
            {capture.state === 'done' && (
              <button
                type="button"
                aria-pressed={view.value.capture === capture.id}
                aria-label={`Show the ${captureText(capture)}`}
                onClick={() => {
                  onOpen();
                  captures.open(capture);
                }}
              >
                Show
              </button>
            )}
            {capture.state === 'done' && capture.kind === 'heap' && (
              <button
                type="button"
                aria-label={`Download the ${captureText(capture)} as pprof`}
                onClick={() => void exportHeap(store, capture.id).ended}
              >
                pprof
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
