/** Allocations, of a capture of the heap or since sampling began, as gzipped profile.proto, with the sample types that Go's heap profiles have. */

import { StringTable } from 'pprof-format';
import type { FunctionInfo } from '../profile/profile.ts';
import { encodePprof, functionTables } from './pprof-encoding.ts';

/** What the file holds. */
export interface HeapTree {
  readonly functions: readonly FunctionInfo[];
  readonly nodes: {
    readonly parent: readonly number[];
    readonly function: readonly number[];
    /** What was not measured is missing, and so it is in the file. */
    readonly self: Readonly<
      Partial<Record<'inUseObjects' | 'inUseBytes' | 'allocatedObjects' | 'allocatedBytes', readonly number[]>>
    >;
  };
}

/** https://github.com/golang/go/blob/master/src/runtime/pprof/pprof.go, writeHeapInternal */
const SAMPLE_TYPES = [
  ['alloc_objects', 'count', 'allocatedObjects'],
  ['alloc_space', 'bytes', 'allocatedBytes'],
  ['inuse_objects', 'count', 'inUseObjects'],
  ['inuse_space', 'bytes', 'inUseBytes'],
] as const;
const DEFAULT_SAMPLE_TYPE = 'inuse_space';

export function encodeHeapPprof(
  { functions, nodes }: HeapTree,
  { startedAt, seconds }: { readonly startedAt: number; readonly seconds: number },
): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const types = SAMPLE_TYPES.filter(([, , column]) => nodes.self[column] !== undefined);
  const sample = nodes.parent.flatMap((_, node) => {
    const value = types.map(([, , column]) => Math.round(nodes.self[column]?.[node] ?? 0));
    if (value.every((figure) => figure === 0)) return [];
    const locationId: number[] = [];
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0) locationId.push((nodes.function[at] ?? 0) + 1);
    return [{ locationId, value }];
  });
  return encodePprof({
    stringTable,
    sampleType: types.map(([type, unit]) => ({ type: text(type), unit: text(unit) })),
    sample,
    ...functionTables(functions, text),
    timeNanos: BigInt(Math.round(startedAt)) * 1_000_000n,
    durationNanos: BigInt(Math.round(seconds * 1e9)),
    periodType: { type: text('space'), unit: text('bytes') },
    period: 1,
    defaultSampleType: text(DEFAULT_SAMPLE_TYPE),
  });
}
