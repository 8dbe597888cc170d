/**
 * V8's CPU profile (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile) for DevTools, VS Code and
 * speedscope. Those readers give sample i the time until sample i + 1, so each node is sampled once and followed by a delta of its
 * own time in microseconds; a last sample of the root ends the last one.
 */

import { pathToFileURL } from 'node:url';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { metricColumn, sumColumn } from '../profile/totals.ts';
import { walkTree } from '../profile/tree-walk.ts';
import type { Exporter, ExportOptions } from './contract.ts';
import { wholeNumbers } from './whole-numbers.ts';

const NS_PER_MICROSECOND = 1000;

export const cpuprofileExporter: Exporter = {
  format: 'cpuprofile',
  description: 'JSON for Chrome DevTools and VS Code, one metric',
  contentType: 'application/json',
  extension: '.cpuprofile',
  encode,
};

interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  /** 0-based; -1 when unknown. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * V8's own states. Readers move their samples: DevTools replaces a `(program)` between two stacks, and speedscope puts `(program)`
 * and `(garbage collector)` on top of whatever ran before. First at the top level, in this order, they are left alone.
 */
const META_NAMES = ['(program)', '(garbage collector)', '(idle)'];

const ROOT_FRAME: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };

function encode({ nodes, functions }: Profile, { metric }: ExportOptions): Uint8Array {
  const count = nodes.parent.length;
  const walk = walkTree(nodes, siblingsWithMetaFirst(nodes, functions));
  const micros = wholeNumbers(metricColumn(nodes.self, metric), walk, NS_PER_MICROSECOND);
  const scriptIds = new Map<string, string>();
  const callFrames = functions.map((info) => callFrameOf(info, scriptIds));
  const children: number[][] = Array.from({ length: count }, () => []);
  for (let node = 1; node < count; node++) children[nodes.parent[node] ?? 0]?.push(node + 1);

  const samples: number[] = [];
  const timeDeltas: number[] = [0];
  for (const node of walk.order) {
    const ownMicros = micros[node] ?? 0;
    if (ownMicros <= 0) continue;
    // A moment in the parent first, or speedscope puts these states on top of the sibling before.
    if (samples.length > 0 && META_NAMES.includes(functions[nodes.function[node] ?? -1]?.name ?? '')) {
      samples.push((nodes.parent[node] ?? 0) + 1);
      timeDeltas.push(0);
    }
    samples.push(node + 1);
    timeDeltas.push(ownMicros);
  }
  samples.push(1);

  const document = {
    nodes: children.map((ids, node) => ({
      id: node + 1,
      callFrame: callFrames[nodes.function[node] ?? -1] ?? ROOT_FRAME,
      // DevTools shares the profile's duration out by hit counts, so they have to be in proportion to the time.
      hitCount: micros[node] ?? 0,
      children: ids,
    })),
    // An aggregate has no time axis; from 0 on, readers that use floating-point milliseconds lose nothing.
    startTime: 0,
    endTime: sumColumn(micros),
    samples,
    timeDeltas,
  };
  return Buffer.from(JSON.stringify(document), 'utf8');
}

function siblingsWithMetaFirst(nodes: Profile['nodes'], functions: Profile['functions']): Int32Array {
  const rankOf = (node: number): number => {
    const rank = META_NAMES.indexOf(functions[nodes.function[node] ?? -1]?.name ?? '');
    return rank < 0 ? META_NAMES.length : rank;
  };
  return Int32Array.from(nodes.parent, (_parent, node) => node).sort((a, b) => rankOf(a) - rankOf(b) || a - b);
}

function callFrameOf({ name, file, line, column }: FunctionInfo, scriptIds: Map<string, string>): CallFrame {
  const scriptId = scriptIds.get(file) ?? String(scriptIds.size + 1);
  scriptIds.set(file, scriptId);
  // Paths as Node's own --cpu-prof has them, so that editors find the file.
  const url = file.startsWith('/') ? pathToFileURL(file).href : file;
  return { functionName: name, scriptId, url, lineNumber: line - 1, columnNumber: column - 1 };
}
