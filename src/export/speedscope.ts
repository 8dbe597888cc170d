/**
 * speedscope's own format (https://www.speedscope.app/file-format-schema.json,
 * https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts): one sampled profile per metric that has any time,
 * the asked one shown first. A sample is a node of the tree with its own time in nanoseconds.
 */

import { type Column, type FunctionInfo, METRICS, type Profile } from '../profile/profile.ts';
import { metricColumn, sumColumn } from '../profile/totals.ts';
import { type TreeWalk, walkTree } from '../profile/tree-walk.ts';
import { ByteSink } from './byte-sink.ts';
import type { Exporter } from './contract.ts';
import { profileTitle } from './title.ts';
import { wholeNumbers } from './whole-numbers.ts';

export const speedscopeExporter: Exporter = {
  format: 'speedscope',
  description: 'JSON for https://www.speedscope.app, CPU, wall and waiting time in one file',
  contentType: 'application/json',
  extension: '.speedscope.json',
  encode(profile, { metric }) {
    const { self } = profile.nodes;
    const shown = METRICS.filter((each) => each === metric || sumColumn(metricColumn(self, each)) > 0);
    const all = shown.map((name) => ({ name, unit: 'nanoseconds', figures: metricColumn(self, name) }));
    return encode(profile, all, shown.indexOf(metric));
  },
  encodeMemory: (profile, { figure }) =>
    encode(profile, [{ name: figure, unit: 'bytes', figures: profile.nodes.self.cpuNs }], 0),
};

interface Sampled {
  readonly name: string;
  readonly unit: string;
  readonly figures: Column;
}

function encode(profile: Profile, all: readonly Sampled[], shownFirst: number): Uint8Array {
  const walk = walkTree(profile.nodes);
  const sink = new ByteSink();
  sink.write(`{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"profiler"`);
  sink.write(`,"name":${JSON.stringify(profileTitle(profile))},"activeProfileIndex":${shownFirst}`);
  sink.write(`,"shared":{"frames":[`);
  for (const [index, info] of profile.functions.entries()) sink.write(`${index > 0 ? ',' : ''}${frameOf(info)}`);
  sink.write(']},"profiles":[');
  for (const [index, each] of all.entries()) {
    if (index > 0) sink.write(',');
    writeSampled(sink, profile, walk, each);
  }
  sink.write(']}\n');
  return sink.bytes();
}

function frameOf({ name, file, line, column }: FunctionInfo): string {
  return JSON.stringify({
    name,
    ...(file === '' ? {} : { file }),
    ...(line === 0 ? {} : { line }),
    ...(column === 0 ? {} : { col: column }),
  });
}

/** Written piece by piece: all the stacks at once would take many times the memory of the tree. */
function writeSampled(sink: ByteSink, { nodes }: Profile, walk: TreeWalk, { name, unit, figures }: Sampled): void {
  const weights = wholeNumbers(figures, walk);
  const sampled = walk.order.filter((node) => (weights[node] ?? 0) > 0);
  sink.write(`{"type":"sampled","name":"${name}","unit":"${unit}","startValue":0,"endValue":${sumColumn(weights)}`);
  sink.write(',"samples":[');
  const stacks: string[] = [''];
  let written = 0;
  for (const node of walk.order) {
    const depth = walk.depth[node] ?? 0;
    const frame = String(nodes.function[node] ?? -1);
    if (depth > 0) stacks[depth] = depth === 1 ? frame : `${stacks[depth - 1] ?? ''},${frame}`;
    if ((weights[node] ?? 0) > 0) sink.write(`${written++ > 0 ? ',' : ''}[${stacks[depth] ?? ''}]`);
  }
  sink.write('],"weights":[');
  for (const [index, node] of sampled.entries()) sink.write(`${index > 0 ? ',' : ''}${weights[node] ?? 0}`);
  sink.write(']}');
}
