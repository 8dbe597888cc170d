/** A figure with a bar behind it. */

import type { JSX } from 'preact';

interface ShareBarProps {
  readonly text: string;
  readonly part: number;
  /** What fills the cell. */
  readonly all: number;
}

export function ShareBar({ text, part, all }: ShareBarProps): JSX.Element {
  return (
    <span class="share-bar" style={{ backgroundSize: `${all > 0 ? (100 * part) / all : 0}% 100%` }}>
      {text}
    </span>
  );
}
