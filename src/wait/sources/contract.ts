/** What a source of waits is. A new source is one file with one `WaitSource` and one line in index.ts. */

import type { Guard } from '../../host/guard.ts';
import type { WaitTracer } from '../tracer.ts';

export interface WaitSource {
  /** Stands in docs and in `status`. */
  readonly name: string;
  /**
   * Begins to tell the tracer of operations, from diagnostics channels, async hooks or patches of globals.
   * @returns what ends it, and leaves the host as it was.
   */
  follow(tracer: WaitTracer, guard: Guard): () => void;
}
