/**
 * Folded stacks, one per line with its weight in microseconds, of memory in bytes: what flamegraph.pl, inferno and speedscope read
 * (https://github.com/brendangregg/FlameGraph#2-fold-stacks).
 */

import { printable } from '../profile/printable.ts';
import type { Column, FunctionInfo, Profile } from '../profile/profile.ts';
import { metricColumn } from '../profile/totals.ts';
import { walkTree } from '../profile/tree-walk.ts';
import { ByteSink } from './byte-sink.ts';
import type { Exporter } from './contract.ts';
import { wholeNumbers } from './whole-numbers.ts';

const NS_PER_MICROSECOND = 1000;

export const collapsedExporter: Exporter = {
  format: 'collapsed',
  description: 'folded stacks in microseconds, for flamegraph.pl and inferno',
  contentType: 'text/plain; charset=utf-8',
  extension: '.collapsedstack.txt',
  encode: (profile, { metric }) => encode(profile, metricColumn(profile.nodes.self, metric), NS_PER_MICROSECOND),
  encodeMemory: (profile) => encode(profile, profile.nodes.self.cpuNs, 1),
};

/** @param divisor what of a figure is a weight of 1. */
function encode({ nodes, functions }: Profile, figures: Column, divisor: number): Uint8Array {
  const walk = walkTree(nodes);
  const weights = wholeNumbers(figures, walk, divisor);
  const frames = functions.map(frameOf);
  const sink = new ByteSink();
  /** The stack down to each depth; V8 keeps these as ropes, so a level costs nothing until it is written. */
  const stacks: string[] = [''];
  for (const node of walk.order) {
    const depth = walk.depth[node] ?? 0;
    const frame = frames[nodes.function[node] ?? -1] ?? '';
    if (depth > 0) stacks[depth] = depth === 1 ? frame : `${stacks[depth - 1] ?? ''};${frame}`;
    const weight = weights[node] ?? 0;
    // What the root itself measured has no stack; folded files have no line for that but this.
    if (weight > 0) sink.write(`${stacks[depth] || '(root)'} ${weight}\n`);
  }
  return sink.bytes();
}

/** As V8 writes stack traces, so that functions of one name stay apart: `handle (/app/server.js:12:5)`. */
function frameOf({ name, file, line, column }: FunctionInfo): string {
  const place = line > 0 ? `${file}:${line}${column > 0 ? `:${column}` : ''}` : file;
  return printable(file === '' ? name : `${name} (${place})`, ';');
}
