/**
 * Reads V8's CPU profile (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile), of `node --cpu-prof`, DevTools or
 * our own exporter. As in DevTools a sample lasts until the next one. Bad input throws.
 */

import { fileURLToPath } from 'node:url';
import { CallTreeBuilder, ROOT } from '../profile/call-tree-builder.ts';
import { classify } from '../profile/category.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';

const NS_PER_MICROSECOND = 1000;
const MICROS_PER_MS = 1000;
const MAX_NODES = 1_000_000;
const IDLE = '(idle)';

interface CpuNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

interface CpuProfile {
  readonly nodes: readonly CpuNode[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * @returns the time on the thread in cpuNs and wallNs: the format does not tell them apart. Idle time is left out.
 * @throws with a message that says what is wrong with the file
 */
export function readCpuprofile(text: string): Profile {
  const profile = checked(JSON.parse(text));
  const builder = new CallTreeBuilder({ maxNodes: MAX_NODES, maxFunctions: MAX_NODES });
  const target = placeNodes(profile.nodes, builder);
  const { samples, timeDeltas, startTime, endTime } = profile;
  const durationMicros = Math.max(0, endTime - startTime);
  let at = 0;
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index] ?? 0;
    const node = target.get(id);
    if (node === undefined) throw new Error(`a sample refers to node ${id}, which is not there`);
    const micros = Math.max(0, timeDeltas[index + 1] ?? durationMicros - at);
    if (node === null || micros === 0) continue;
    builder.addSelf(node, { samples: 1, cpuNs: micros * NS_PER_MICROSECOND, wallNs: micros * NS_PER_MICROSECOND });
  }
  return builder.build({
    run: '',
    window: { from: startTime / MICROS_PER_MS, to: (startTime + durationMicros) / MICROS_PER_MS },
    routes: [],
    requests: 0,
    intervalMs: samples.length === 0 ? 0 : durationMicros / samples.length / MICROS_PER_MS,
  });
}

/** @returns by node id, the builder's node; null for idle time */
function placeNodes(nodes: readonly CpuNode[], builder: CallTreeBuilder): Map<number, number | null> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const target = new Map<number, number | null>();
  const [root] = nodes;
  if (!root) return target;
  // The root's frame is V8's own pseudo function. A node that is reached twice would be a tree without end.
  const open = [{ id: root.id, into: ROOT as number | null }];
  for (let next = open.pop(); next; next = open.pop()) {
    const node = byId.get(next.id);
    if (!node) throw new Error(`node ${next.id} is not there`);
    if (target.has(next.id)) throw new Error(`node ${next.id} has two parents`);
    target.set(next.id, next.into);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (!child) throw new Error(`node ${id} is not there`);
      const isIdle = next.into === null || child.callFrame.functionName === IDLE;
      const into = isIdle ? null : builder.child(next.into ?? ROOT, builder.addFunction(functionOf(child)));
      open.push({ id, into });
    }
  }
  return target;
}

function functionOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: CpuNode): FunctionInfo {
  const file = pathOf(url);
  const name = functionName === '' ? '(anonymous)' : functionName;
  return {
    name,
    file,
    line: Math.max(lineNumber + 1, 0),
    column: Math.max(columnNumber + 1, 0),
    ...classify(file, name),
  };
}

function pathOf(url: string): string {
  if (!url.startsWith('file://')) return url;
  try {
    return fileURLToPath(url);
  } catch {
    // Of another system, such as file:///C:/app.js here: shown as it is.
    return url;
  }
}

function checked(value: unknown): CpuProfile {
  const { nodes, samples, timeDeltas, startTime, endTime } = Object(value) as Partial<CpuProfile>;
  if (!Array.isArray(nodes) || !Array.isArray(samples) || !Array.isArray(timeDeltas))
    throw new Error('it has no nodes, samples and timeDeltas');
  if (nodes.length > MAX_NODES) throw new Error(`it has more than ${MAX_NODES} nodes`);
  if (typeof startTime !== 'number' || typeof endTime !== 'number') throw new Error('it has no times');
  const isNode = ({ id, callFrame, children = [] }: CpuNode): boolean =>
    typeof id === 'number' &&
    typeof callFrame?.functionName === 'string' &&
    typeof callFrame.url === 'string' &&
    typeof callFrame.lineNumber === 'number' &&
    typeof callFrame.columnNumber === 'number' &&
    Array.isArray(children);
  if (!nodes.every((node) => typeof node === 'object' && node !== null && isNode(node)))
    throw new Error('a node has no id or call frame');
  if (![...samples, ...timeDeltas].every((figure) => typeof figure === 'number'))
    throw new Error('a sample is no number');
  return { nodes, samples, timeDeltas, startTime, endTime };
}
