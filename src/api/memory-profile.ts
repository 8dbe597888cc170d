/** `metric=inuse` and `metric=allocated`: the heap as a profile, of what is sampled all the time or of a capture. */

import { captureWindow, HEAP_FIGURES, type HeapFigure, heapProfile } from '../profile/heap-profile.ts';
import { METRICS, type Profile } from '../profile/profile.ts';
import { finishedCapture } from './captured.ts';
import type { Backend } from './endpoints/contract.ts';
import { InvalidParameter, type Query } from './query.ts';
import { SELECTION_PARAMETERS } from './selection.ts';

export interface MemoryProfile {
  readonly profile: Profile;
  readonly figure: HeapFigure;
}

/** @returns null where the question is about time. @throws InvalidParameter */
export async function memoryProfile(query: Query, backend: Backend): Promise<MemoryProfile | null> {
  const metric = query.oneOf('metric', [...METRICS, ...HEAP_FIGURES], 'cpu');
  const figure = HEAP_FIGURES.find((known) => known === metric);
  if (figure === undefined) return null;
  const other = SELECTION_PARAMETERS.find((name) => name !== 'capture' && query.text(name) !== undefined);
  if (other !== undefined)
    throw new InvalidParameter(
      `${other} and metric=${figure} exclude each other: memory is known of this process, over all routes`,
    );
  const id = query.text('capture');
  // What was allocated and freed again only a capture knows.
  if (id === undefined && figure === 'inuse') {
    const memory = await backend.memory();
    if (memory) return { figure, profile: heapProfile(memory, { from: memory.since, to: Date.now() }, figure) };
  }
  const capture = finishedCapture(backend.captures, 'heap', id);
  if (!capture)
    throw new InvalidParameter(
      `metric=${figure} needs a capture of the heap${figure === 'inuse' ? ', or a server started with PROFILER_HEAP=true' : ''}`,
    );
  return { figure, profile: heapProfile(capture.result, captureWindow(capture.summary), figure) };
}
