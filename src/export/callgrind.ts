/**
 * Callgrind's format, version 1 (https://valgrind.org/docs/manual/cl-format.html), for KCachegrind, QCachegrind and
 * callgrind_annotate. Both take the sum over a function's incoming calls for its inclusive cost, so a call's cost counts where the
 * callee is outermost on its stack: they show our totals, recursion counted once. npm packages are the "objects" to group by.
 */

import { printable } from '../profile/printable.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { ByteSink } from './byte-sink.ts';
import { costGraphOf, memoryCosts, timeCosts } from './callgrind-costs.ts';
import type { Exporter } from './contract.ts';
import { profileTitle } from './title.ts';

export const callgrindExporter: Exporter = {
  format: 'callgrind',
  description: 'for KCachegrind, QCachegrind and callgrind_annotate',
  contentType: 'text/plain; charset=utf-8',
  extension: '.callgrind.out',
  encode: (profile) => encode(profile, TIME_EVENTS),
  encodeMemory: (profile) => encode(profile, MEMORY_EVENTS),
};

interface Events {
  /** In the order of the columns. */
  readonly names: string;
  /** What they mean. */
  readonly definitions: string;
  /** What calls are where nobody counted them. */
  readonly counted: string;
  readonly columnsOf: Parameters<typeof costGraphOf>[1];
}

const HEADER = `# callgrind format
version: 1
creator: profiler
positions: line
`;
const TIME_EVENTS: Events = {
  names: 'Samples Cpu Wall Wait Waits',
  counted: 'samples',
  columnsOf: timeCosts,
  definitions: `event: Samples : samples
event: Cpu : CPU time [ns]
event: Wall : time on the JavaScript thread and awaited [ns]
event: Wait : time awaited off the JavaScript thread [ns]
event: Waits : awaited operations
`,
};
const MEMORY_EVENTS: Events = {
  names: 'Objects Bytes',
  counted: 'objects',
  columnsOf: memoryCosts,
  definitions: `event: Objects : objects, estimated by sampling
event: Bytes : memory [B], estimated by sampling
`,
};

/** Callgrind's own word for a file that is not known. */
const UNKNOWN_FILE = '???';
/** Calls what the event loop entered, so that every function has a caller and its total shows. */
const ENTRY: FunctionInfo = { name: '(root)', file: '', line: 0, column: 0, category: 'native' };

function encode(profile: Profile, { names: events, definitions, counted, columnsOf }: Events): Uint8Array {
  const graph = costGraphOf(profile, columnsOf);
  const functions = [...profile.functions, ENTRY];
  const names = uniqueNames(functions);
  const [ob, fl, fn] = [new NameTable(), new NameTable(), new NameTable()];
  const position = (index: number, prefix: '' | 'c'): string => {
    const { package: packageName, category, file } = functions[index] ?? ENTRY;
    const object = ob.reference(packageName ?? category);
    const source = fl.reference(file === '' ? UNKNOWN_FILE : file);
    return `${prefix}ob=${object}\n${prefix === 'c' ? 'cfi' : 'fl'}=${source}\n${prefix}fn=${fn.reference(names[index] ?? '', index)}\n`;
  };

  const sink = new ByteSink();
  const callsAre = profile.functions.some(({ calls }) => calls !== undefined)
    ? 'counted'
    : `${counted}, nobody counted them`;
  sink.write(`${HEADER}${definitions}cmd: ${printable(profileTitle(profile))}\ndesc: Calls: ${callsAre}\n`);
  for (const route of profile.routes) sink.write(`desc: Route: ${printable(route)}\n`);
  sink.write(`events: ${events}\nsummary: ${graph.total.join(' ')}\n`);
  for (const [index, info] of functions.entries()) {
    const self = graph.self[index] ?? [];
    const calls = graph.calls[index] ?? [];
    if (calls.length === 0 && self.every((cost) => cost === 0)) continue;
    sink.write(`\n${position(index, '')}${info.line} ${self.join(' ')}\n`);
    for (const { callee, count, costs } of calls) {
      sink.write(
        `${position(callee, 'c')}calls=${count} ${functions[callee]?.line ?? 0}\n${info.line} ${costs.join(' ')}\n`,
      );
    }
  }
  sink.write(`\ntotals: ${graph.total.join(' ')}\n`);
  return sink.bytes();
}

/**
 * Readers know a function by name and file, and there are many anonymous ones in a file. Where the name does not suffice it gets
 * line and column, and a number in the end.
 */
function uniqueNames(functions: readonly FunctionInfo[]): string[] {
  const names = functions.map(({ name }) => printable(name).trim() || '(anonymous)');
  const places = functions.map(({ line, column }) => `:${line}:${column}`);
  for (const suffixes of [places, functions.map((_info, index) => `#${index}`)]) {
    const sharers = new Map<string, number>();
    const identities = functions.map(({ file }, index) => `${names[index]}\n${file}`);
    for (const each of identities) sharers.set(each, (sharers.get(each) ?? 0) + 1);
    for (const [index, each] of identities.entries()) {
      if ((sharers.get(each) ?? 0) > 1) names[index] += suffixes[index] ?? '';
    }
  }
  return names;
}

/**
 * Name compression: `(1) name` the first time, `(1)` from then on. It also keeps a name like `(2)` from being taken for a number.
 * Functions need an id each, whatever their names: KCachegrind takes an id for one function of one file.
 */
class NameTable {
  readonly #idByKey = new Map<string | number, number>();

  reference(name: string, key: string | number = name): string {
    const known = this.#idByKey.get(key);
    if (known !== undefined) return `(${known})`;
    const id = this.#idByKey.size + 1;
    this.#idByKey.set(key, id);
    return `(${id}) ${printable(name).trim()}`;
  }
}
