/**
 * Profiles as text, both ways, and generated ones. A line is a node, two spaces of indentation are one call:
 *
 *     main @/app/server.js:3 2
 *       query @/app/node_modules/pg/client.js:10:5 samples=1 cpu=4 wall=5 wait=30 waits=1
 *
 * A bare number n stands for n samples of 10 ns on the CPU each. Times are nanoseconds.
 */

import fc from 'fast-check';
import { CallTreeBuilder, type ProfileMetadata, ROOT } from '../../src/profile/call-tree-builder.ts';
import { classify } from '../../src/profile/category.ts';
import { type FunctionInfo, type Profile, SELF_COLUMNS } from '../../src/profile/profile.ts';
import { walkTree } from '../../src/profile/tree-walk.ts';

const NS_PER_SAMPLE = 10;
const FIGURES = { samples: 'samples', cpu: 'cpuNs', wall: 'wallNs', wait: 'waitNs', waits: 'waits' } as const;

export const METADATA: ProfileMetadata = {
  run: 'run-1',
  window: { from: 1_700_000_000_000, to: 1_700_000_030_000 },
  routes: ['GET /users/:id'],
  requests: 10,
  intervalMs: 10,
};

/** Reads a drawn tree. The order of functions and nodes is that of their first line. */
export function parseTree(drawing: string, metadata: Partial<ProfileMetadata> = {}): Profile {
  const builder = new CallTreeBuilder();
  const path = [ROOT];
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map(indentOf));
  for (const line of lines) {
    const depth = (indentOf(line) - margin) / 2;
    const parent = path[depth];
    if (parent === undefined || !Number.isInteger(depth)) throw new Error(`cannot read the indentation of "${line}"`);
    const node = builder.child(parent, builder.addFunction(functionOf(line)));
    path.length = depth + 1;
    path.push(node);
    for (const [name, column] of Object.entries(FIGURES)) {
      const figure = new RegExp(` ${name}=([\\d.]+)`).exec(line);
      if (figure) builder.addSelf(node, { [column]: Number(figure[1]) });
    }
    const samples = Number(/ (\d+)$/.exec(line)?.[1] ?? 0);
    builder.addSelf(node, { samples, cpuNs: samples * NS_PER_SAMPLE, wallNs: samples * NS_PER_SAMPLE });
  }
  return builder.build({ ...METADATA, ...metadata });
}

/** Draws a profile as `parseTree` reads it. */
export function drawTree({ nodes, functions }: Profile): string {
  const { order, depth } = walkTree(nodes);
  return [...order.subarray(1)]
    .map((node) => {
      const { name, file, line, column } = functions[nodes.function[node] ?? -1] as FunctionInfo;
      const figures = Object.entries(FIGURES)
        .map(([label, key]) => [label, nodes.self[key][node] ?? 0] as const)
        .filter(([, figure]) => figure !== 0);
      const [samples = 0, cpu, wall, ...rest] = Object.values(FIGURES).map((key) => nodes.self[key][node] ?? 0);
      const plain = cpu === samples * NS_PER_SAMPLE && wall === cpu && rest.every((figure) => figure === 0);
      const place = file === '' ? '' : ` @${file}${line > 0 ? `:${line}${column > 0 ? `:${column}` : ''}` : ''}`;
      const written = plain
        ? samples === 0
          ? ''
          : ` ${samples}`
        : figures.map(([label, n]) => ` ${label}=${n}`).join('');
      return `${'  '.repeat((depth[node] ?? 1) - 1)}${name}${place}${written}`;
    })
    .join('\n');
}

/** A tree that was drawn, without its margin: what `drawTree` is compared with. */
export function dedent(drawing: string): string {
  const lines = drawing.split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map(indentOf));
  return lines.map((line) => line.slice(margin)).join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function functionOf(line: string): FunctionInfo {
  const [, name = '', , file = '', lineNumber = '0', column = '0'] =
    /^ *(.*?)( @(\S+?)(?::(\d+))?(?::(\d+))?)?(?: (?:\d+|[a-z]+=[\d.]+))*$/.exec(line) ?? [];
  return { name, file, line: Number(lineNumber), column: Number(column), ...classify(file, name) };
}

/** One stack with the figures of its innermost frame: the naive form of a tree that oracles sum up. */
export interface Stack {
  /** Function indexes, outermost first. */
  readonly frames: readonly number[];
  readonly figures: Record<(typeof SELF_COLUMNS)[number], number>;
}

export function stacksOf({ nodes }: Profile): Stack[] {
  return Array.from(nodes.parent, (_parent, node) => {
    const frames: number[] = [];
    for (let at = node; at > 0; at = nodes.parent[at] ?? 0) frames.unshift(nodes.function[at] ?? -1);
    const figures = Object.fromEntries(SELF_COLUMNS.map((column) => [column, nodes.self[column][node] ?? 0]));
    return { frames, figures: figures as Stack['figures'] };
  });
}

export interface ArbitraryProfileOptions {
  /** Whatever V8 and attackers can put into a name; otherwise short words. */
  readonly wildNames?: boolean;
  readonly maxStacks?: number;
}

/** Profiles with few functions, so that recursion and cycles abound. Figures are whole numbers, so that sums are exact. */
export function arbitraryProfile({
  wildNames = false,
  maxStacks = 30,
}: ArbitraryProfileOptions = {}): fc.Arbitrary<Profile> {
  const name = wildNames
    ? fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom(...WILD_NAMES))
    : fc.constantFrom('a', 'b', 'c', 'd', '(anonymous)');
  const file = fc.constantFrom('', '/app/a.js', '/app/lib/b.js', 'node:fs', '/app/node_modules/pg/lib/client.js');
  const functions = fc.uniqueArray(
    fc.record({ name, file, line: fc.nat(3), column: fc.nat(2) }).map((place): FunctionInfo => {
      const known =
        place.file === '' ? { ...place, line: 0, column: 0 } : { ...place, column: place.line && place.column };
      return { ...known, ...classify(place.file, place.name) };
    }),
    { minLength: 1, maxLength: 6, selector: (info) => JSON.stringify(info) },
  );
  const figure = fc.nat(1_000_000_000);
  const stack = fc.record({
    frames: fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }),
    samples: fc.nat(100),
    cpuNs: figure,
    wallNs: figure,
    waitNs: fc.oneof(fc.constant(0), figure),
    waits: fc.nat(3),
  });
  return fc
    .record({
      functions,
      stacks: fc.array(stack, { maxLength: maxStacks }),
      requests: fc.nat(100),
      from: fc.nat(1000),
      seconds: fc.nat(60),
    })
    .map(({ functions, stacks, requests, from, seconds }) => {
      const builder = new CallTreeBuilder();
      const indexes = functions.map((info) => builder.addFunction(info));
      for (const { frames, ...figures } of stacks) {
        const leaf = frames.reduce((node, frame) => builder.child(node, indexes[frame % indexes.length] ?? 0), ROOT);
        builder.addSelf(leaf, figures);
      }
      return builder.build({ ...METADATA, requests, window: { from: from * 1000, to: (from + seconds) * 1000 } });
    });
}

export const WILD_NAMES: readonly string[] = [
  'a;b',
  'line\nbreak',
  'carriage\r\nreturn',
  '(1) like a compressed name',
  '<img src=x onerror=alert(1)>',
  '`|`',
  'tab\there',
  'nul\0byte',
  '\u001b[31mred',
  '\u202Ereversed',
  ' leading and trailing ',
  'get "quoted"',
  'back\\slash',
  'ends with 12',
  '\ud800 lone surrogate',
  '#comment',
  'calls=1 2',
  '__proto__',
];
