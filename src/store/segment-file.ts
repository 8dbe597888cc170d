/**
 * A segment as a file: a gzipped pprof as every tool reads it, each sample labelled with its route and process, and the requests of
 * each route as JSON in a comment (docs/adr/0014-store.md). One file, so that samples and requests appear together or not at all.
 */

import { gunzipSync } from 'node:zlib';
import { encodePprofFile } from '../export/pprof-file.ts';
import { COMMENT_KEYS, PROCESS_LABEL } from '../export/pprof-labels.ts';
import { parsePprof } from '../export/pprof-message.ts';
import { SAMPLE_TYPES } from '../export/pprof-sample-types.ts';
import type { Slice } from './contract.ts';
import { figuresFromText, figuresToText, type StoredFigures } from './figures-text.ts';
import type { KnownFunctions } from './known-functions.ts';
import { readStoredTree, type StoredTree } from './stored-tree.ts';

const NS_PER_MS = 1_000_000;
/** A tenth larger than the usual level, in half the time. */
const FAST = 1;
/** The largest possible segment has 200,000 nodes: some 20 MB, unpacked. */
const MAX_BYTES = 128 << 20;

/** What was read of a segment file. */
export interface StoredSegment {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly intervalMs: number;
  readonly tree: StoredTree;
  readonly figures: readonly StoredFigures[];
}

export function encodeSegment({ from, to, tree, figures }: Slice, pid: number): Uint8Array {
  return encodePprofFile(
    { ...tree, window: { from, to } },
    {
      labels: [[PROCESS_LABEL, String(pid)]],
      comments: [...figures].map(([route, figure]) => COMMENT_KEYS.figures + figuresToText(route, figure)),
      level: FAST,
    },
  );
}

/** @throws on anything that `encodeSegment` has not made. */
export function decodeSegment(bytes: Uint8Array, known: KnownFunctions): StoredSegment {
  const message = parsePprof(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }));
  if (message.sampleTypes.map(({ type }) => type).join() !== SAMPLE_TYPES.map(([type]) => type).join())
    throw new Error('its sample types are not ours');
  const comment = (key: string): string[] =>
    message.comments.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length));
  const figures = comment(COMMENT_KEYS.figures).map((text) => figuresFromText(text, known));
  const from = message.timeNanos / NS_PER_MS;
  const to = from + message.durationNanos / NS_PER_MS;
  return {
    from,
    to,
    requests: Number(comment(COMMENT_KEYS.requests)[0]) || 0,
    intervalMs: message.period / NS_PER_MS,
    tree: readStoredTree(message, known),
    figures,
  };
}
