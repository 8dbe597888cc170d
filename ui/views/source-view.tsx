/** The source of the selected function, with what a capture of lines measured on each line. */

import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import type { SourceAnswer } from '../../src/api/function-types.ts';
import { printable } from '../../src/profile/printable.ts';
import type { FunctionPlace } from '../../src/profile/same-function.ts';
import { LinesCapture } from '../components/lines-capture.tsx';
import { SourceGrid } from '../components/source-grid.tsx';
import { findFunction, placeOfKey } from '../model/function-key.ts';
import { countText, nameText } from '../model/text.ts';
import { placeQuery } from '../state/place-query.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';

export function SourceView(): JSX.Element {
  const { client, data, view, shown, captures, select } = useStore();
  const { function: key, run } = view.value;
  const place = useComputed(() => {
    const { function: chosen } = view.value;
    const functions = shown.raw.value?.functions ?? [];
    return chosen === null ? null : (functions[findFunction(functions, chosen)] ?? placeOfKey(chosen));
  }).value;
  const asked = data.recording.value?.capture;
  const capture = asked?.kind === 'lines' && asked.state === 'done' ? asked.id : null;
  const newest = captures.list.value.find(({ kind, state }) => kind === 'lines' && state === 'done')?.id;
  // Until the recording is there, nobody knows of what kind the capture in the URL is.
  const isReady = client.isConnected && place !== null && place.file !== '' && data.recording.value !== null;
  const { answer, failure } = useAnswer(
    isReady ? JSON.stringify([placeQuery(place), capture, run]) : null,
    (signal) => client.source(sourceQuery(place, { capture, run }), signal),
    newest,
  );
  if (!client.isConnected)
    return (
      <Message title="No source in a saved page">
        A saved page holds the recording, not the program’s code. Open the server’s own page.
      </Message>
    );
  if (key === null) {
    const heaviest = shown.table.value.rows[0];
    return (
      <Message title="No function is selected">
        Choose one in the table, the flame graph or the tree; its source is shown here.{' '}
        {heaviest && (
          <button type="button" onClick={() => select(heaviest.function)}>
            {`Show ${nameText(heaviest.info)}`}
          </button>
        )}
      </Message>
    );
  }
  if (place === null || place.file === '')
    return (
      <Message title={`${printable(key)} has no source`}>
        {key.startsWith('[')
          ? 'It stands for all functions of a package. Show more than own code (key o) to choose one of them.'
          : 'It is native code of V8 or Node.js, or stands for no function at all.'}
      </Message>
    );
  if (failure) return <Message title={`No source of ${nameText(place)}`}>{failure.message}.</Message>;
  if (answer === null) return <div class="empty loading">Loading …</div>;
  return (
    <div class="table-view">
      <div class="tools">
        <SourceFacts answer={answer} />
        <LinesCapture shown={answer.capture} />
      </div>
      <SourceGrid answer={answer} />
    </div>
  );
}

/** Without what is null. */
function sourceQuery(place: FunctionPlace | null, parts: Record<string, string | null>): string {
  const params = new URLSearchParams(place ? placeQuery(place) : '');
  for (const [name, value] of Object.entries(parts)) if (value !== null) params.append(name, value);
  return params.toString();
}

function SourceFacts({ answer }: { readonly answer: SourceAnswer }): JSX.Element {
  const { function: info, range, firstLine, lines, lineCount, origin, isChanged } = answer;
  const isPart = lines.length < lineCount;
  return (
    <>
      <span class="source-place">
        <b>{nameText(info)}</b> <span class="place">{printable(info.file)}</span>
      </span>
      <span class="count">
        {`lines ${range.from}–${range.to}`}
        {isPart ? `; shown are ${firstLine}–${firstLine + lines.length - 1} of ${countText(lineCount)}` : ''}
        {origin === 'map' ? ', from the source map' : ''}
      </span>
      {isChanged && (
        <span class="pill warning">
          the file has changed since the run began: lines may be others than those that ran
        </span>
      )}
    </>
  );
}

function Message({
  title,
  children,
}: {
  readonly title: string;
  readonly children: JSX.Element | string | (JSX.Element | string | false | undefined)[];
}): JSX.Element {
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}
