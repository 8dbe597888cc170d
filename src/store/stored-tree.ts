/** A call tree as it was read of a segment file: small, to be added to a sum, and read by nothing else. */

import { PROCESS_LABEL, ROUTE_LABEL } from '../export/pprof-labels.ts';
import type { PprofMessage } from '../export/pprof-message.ts';
import type { CallTreeBuilder } from '../profile/call-tree-builder.ts';
import { ROOT } from '../profile/call-tree-builder.ts';
import type { FunctionInfo } from '../profile/profile.ts';
import type { KnownFunctions } from './known-functions.ts';

const FIGURES = 5;

export interface StoredTree {
  readonly functions: readonly FunctionInfo[];
  /** Per node, the root first; a parent's index is below its children's. */
  readonly parent: Int32Array;
  readonly function: Int32Array;
  /** The nodes that have figures of their own, and those: samples, cpuNs, wallNs, waitNs, waits of each. Most nodes have none. */
  readonly measured: Int32Array;
  readonly figures: Float64Array;
}

/** Adds its functions, nodes and figures to a tree under construction. */
export function addStoredTree(
  builder: CallTreeBuilder,
  { functions, parent, function: nodeFunction, measured, figures }: StoredTree,
): void {
  const indexes = functions.map((info) => builder.addFunction(info));
  const target = new Int32Array(parent.length).fill(ROOT);
  for (let node = 1; node < parent.length; node++)
    target[node] = builder.child(
      target[parent[node] as number] as number,
      indexes[nodeFunction[node] as number] as number,
    );
  for (let at = 0; at < measured.length; at++) {
    const from = at * FIGURES;
    const samples = figures[from] as number;
    const cpuNs = figures[from + 1] as number;
    const wallNs = figures[from + 2] as number;
    const waitNs = figures[from + 3] as number;
    const waits = figures[from + 4] as number;
    builder.addSelf(target[measured[at] as number] as number, { samples, cpuNs, wallNs, waitNs, waits });
  }
}

/** Memory, about. */
export function bytesOfTree({ parent, function: nodeFunction, measured, figures, functions }: StoredTree): number {
  return 8 * functions.length + parent.byteLength + nodeFunction.byteLength + measured.byteLength + figures.byteLength;
}

/**
 * The samples come depth first: each begins with as much of the path of the one before it as they share.
 * @throws on references into nowhere
 */
export function readStoredTree(message: PprofMessage, known: KnownFunctions): StoredTree {
  const functions: FunctionInfo[] = [];
  const functionOf = functionsByLocation(message, functions, known);
  const routes = new Map<string, number>();
  const parent = [-1];
  const nodeFunction = [-1];
  const measured: number[] = [];
  const figures: number[] = [];
  const routeIndex = (route: string): number => {
    const index = routes.get(route) ?? functions.push(known.route(route)) - 1;
    routes.set(route, index);
    return index;
  };
  /** The path of the sample before, from its route on: what was met, and the nodes that stand for it. */
  const met: number[] = [];
  const path: number[] = [];
  /** How much of both counts: shortening the arrays themselves costs more than all else here. */
  let valid = 0;
  const enter = (depth: number, step: number): void => {
    if (depth < valid && met[depth] === step) return;
    met[depth] = step;
    nodeFunction.push(step);
    path[depth] = parent.push(depth === 0 ? ROOT : (path[depth - 1] as number)) - 1;
    valid = depth + 1;
  };
  message.forEachSample((locations, values, labels) => {
    let route: string | undefined;
    let isOurs = false;
    for (const label of labels) {
      if (label.key === ROUTE_LABEL) route = label.text;
      else if (label.key === PROCESS_LABEL) isOurs = true;
    }
    if (!isOurs) throw new Error('a sample is of no process');
    let depth = 0;
    if (route !== undefined) enter(depth++, routeIndex(route));
    for (let at = locations.length - 1; at >= 0; at--) {
      const index = functionOf.get(locations[at] ?? 0);
      if (index === undefined) throw new Error(`a sample refers to location ${locations[at]}, which is not there`);
      enter(depth++, index);
    }
    const [samples = 0, cpuNs = 0, wallNs = 0, waitNs = 0, waits = 0] = values;
    measured.push(depth === 0 ? ROOT : (path[depth - 1] as number));
    // In files, as everywhere outside of the model, wall is with the time awaited.
    figures.push(samples, cpuNs, Math.max(0, wallNs - waitNs), waitNs, waits);
    valid = Math.min(valid, depth);
  });
  return {
    functions,
    parent: Int32Array.from(parent),
    function: Int32Array.from(nodeFunction),
    measured: Int32Array.from(measured),
    figures: Float64Array.from(figures),
  };
}

/** @param functions takes them. */
function functionsByLocation(
  message: PprofMessage,
  functions: FunctionInfo[],
  known: KnownFunctions,
): Map<number, number> {
  const byLocation = new Map<number, number>();
  for (const { id, lines } of message.locations) {
    const [line] = lines;
    const found = line && message.functions.get(line.functionId);
    if (!line || !found) throw new Error(`location ${id} is no function`);
    const { name, systemName, file } = found;
    const info = known.named(
      name,
      systemName,
      file,
      found.startLine || Math.max(line.line, 0),
      Math.max(line.column, 0),
    );
    byLocation.set(id, functions.push(info) - 1);
  }
  return byLocation;
}
