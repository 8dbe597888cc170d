/** The transforms in force, each of which can be taken away. */

import type { JSX } from 'preact';
import { printable } from '../../src/profile/printable.ts';
import { captureText, middle } from '../model/text.ts';
import { useStore } from '../state/store.ts';

const MAX_NAME = 60;

export function Breadcrumbs(): JSX.Element | null {
  const { view, go, shown, client } = useStore();
  const { transforms, isOwnCode } = view.value;
  const capture = shown.capture.value;
  if (transforms.length === 0 && !isOwnCode && capture === null) return null;
  return (
    <ol class="breadcrumbs" aria-label="Changes of the tree">
      {capture && (
        <li>
          <button
            type="button"
            title="Back to what is recorded"
            disabled={!client.isConnected}
            onClick={() => go({ capture: null, zoom: null })}
          >
            {captureText(capture)} <span aria-hidden="true">×</span>
          </button>
        </li>
      )}
      {isOwnCode && (
        <li>
          <button type="button" onClick={() => go({ isOwnCode: false, zoom: null })}>
            only own code <span aria-hidden="true">×</span>
          </button>
        </li>
      )}
      {transforms.map(({ kind, function: key }, index) => (
        <li key={`${index} ${kind} ${key}`}>
          <button
            type="button"
            title={`Take away: ${kind} ${printable(key)}`}
            onClick={() => go({ transforms: transforms.filter((_transform, other) => other !== index), zoom: null })}
          >
            {kind} {middle(printable(key), MAX_NAME)} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
