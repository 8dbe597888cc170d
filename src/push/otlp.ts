/**
 * OpenTelemetry's profiles over HTTP, protobuf: ExportProfilesServiceRequest of opentelemetry-proto 1.11, v1development
 * (https://github.com/open-telemetry/opentelemetry-proto/blob/v1.11.0/opentelemetry/proto/profiles/v1development/profiles.proto). A profile per
 * sample type over one dictionary; the route is an attribute of the samples. The signal is alpha: numbers of fields may change with it.
 */

import { wholeNumbers } from '../export/whole-numbers.ts';
import { isRouteFunction } from '../profile/by-route.ts';
import type { Column, FunctionInfo, Profile } from '../profile/profile.ts';
import { metricColumn } from '../profile/totals.ts';
import { walkTree } from '../profile/tree-walk.ts';
import type { PushFormat, PushSource } from './contract.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

export const otlpFormat: PushFormat = {
  format: 'otlp',
  path: '/v1development/profiles',
  contentType: 'application/x-protobuf',
  encode: ({ tree, source }) => encode(tree, source),
};

const NS_PER_MS = 1_000_000n;
/** https://opentelemetry.io/docs/specs/semconv/attributes-registry/http */
const ROUTE_ATTRIBUTE = 'http.route';

interface SampleType {
  readonly type: string;
  readonly unit: string;
  readonly column: Column;
}

function encode(tree: Profile, source: PushSource): Uint8Array {
  const { nodes } = tree;
  const { self } = nodes;
  const types: readonly SampleType[] = [
    { type: 'samples', unit: 'count', column: self.samples },
    { type: 'cpu', unit: 'nanoseconds', column: self.cpuNs },
    { type: 'wall', unit: 'nanoseconds', column: metricColumn(self, 'wall') },
    { type: 'wait', unit: 'nanoseconds', column: self.waitNs },
    { type: 'waits', unit: 'count', column: self.waits },
  ];
  const dictionary = new Dictionary(tree);
  const writer = new ProtobufWriter();
  writer.message(1, () => {
    writer.message(1, () => writeResource(writer, source));
    writer.message(2, () => {
      writer.message(1, () => {
        writer.text(1, 'profiler');
        writer.text(2, source.version);
      });
      for (const type of types) writer.message(2, () => writeProfile(writer, tree, type, dictionary));
    });
  });
  writer.message(2, () => dictionary.write(writer));
  return writer.bytes();
}

function writeResource(writer: ProtobufWriter, { serviceName, run, pid, labels }: PushSource): void {
  const attributes: Record<string, string | number> = {
    'service.name': serviceName,
    'service.instance.id': run,
    'process.pid': pid,
    'process.runtime.name': 'nodejs',
    ...labels,
  };
  for (const [key, value] of Object.entries(attributes))
    writer.message(1, () => {
      writer.text(1, key);
      writer.message(2, () => writeValue(writer, value));
    });
}

/** AnyValue. */
function writeValue(writer: ProtobufWriter, value: string | number): void {
  if (typeof value === 'string') writer.text(1, value);
  else writer.number(3, value);
}

function writeProfile(
  writer: ProtobufWriter,
  tree: Profile,
  { type, unit, column }: SampleType,
  dictionary: Dictionary,
): void {
  const { window, intervalMs } = tree;
  const valueType = (typeName: string, unitName: string) => () => {
    writer.number(1, dictionary.text(typeName));
    writer.number(2, dictionary.text(unitName));
  };
  writer.message(1, valueType(type, unit));
  const values = wholeNumbers(column, walkTree(tree.nodes));
  for (const [node, value] of values.entries()) {
    if (value <= 0) continue;
    const route = dictionary.routeAttribute(node);
    writer.message(2, () => {
      writer.number(1, dictionary.stack(node));
      writer.numbers(2, route === 0 ? [] : [route]);
      writer.numbers(4, [value]);
    });
  }
  writer.fixed64(3, BigInt(Math.round(window.from)) * NS_PER_MS);
  writer.number(4, Math.max(0, Math.round((window.to - window.from) * 1e6)));
  writer.message(5, valueType('wall', 'nanoseconds'));
  writer.number(6, Math.round(intervalMs * 1e6));
}

/** The tables that samples refer to. Entry 0 of each stands for nothing. */
class Dictionary {
  readonly #tree: Profile;
  readonly #strings = new Map<string, number>([['', 0]]);
  /** Per node its stack, once a sample has asked for it. */
  readonly #stackOfNode = new Map<number, number>();
  /** The route above each node, '' where there is none. */
  readonly #routes: string[] = [''];
  readonly #attributes = new Map<string, number>();

  constructor(tree: Profile) {
    this.#tree = tree;
    for (let node = 1; node < tree.nodes.parent.length; node++) {
      const info = tree.functions[tree.nodes.function[node] ?? -1];
      const above = this.#routes[tree.nodes.parent[node] ?? 0] ?? '';
      this.#routes.push(info && isRouteFunction(info) ? info.name : above);
    }
  }

  text(value: string): number {
    const known = this.#strings.get(value);
    if (known !== undefined) return known;
    this.#strings.set(value, this.#strings.size);
    return this.#strings.size - 1;
  }

  stack(node: number): number {
    const known = this.#stackOfNode.get(node);
    if (known !== undefined) return known;
    this.#stackOfNode.set(node, this.#stackOfNode.size + 1);
    return this.#stackOfNode.size;
  }

  /** @returns 0 for a sample without a route */
  routeAttribute(node: number): number {
    const route = this.#routes[node] ?? '';
    if (route === '') return 0;
    const known = this.#attributes.get(route);
    if (known !== undefined) return known;
    this.#attributes.set(route, this.#attributes.size + 1);
    return this.#attributes.size;
  }

  write(writer: ProtobufWriter): void {
    const { functions, nodes } = this.#tree;
    const nothing = (): void => {};
    writer.message(1, nothing);
    writer.message(2, nothing);
    // A location per function: where it starts is all that is known.
    for (const [index, { line, column }] of functions.entries())
      writer.message(2, () =>
        writer.message(3, () => {
          writer.number(1, index + 1);
          writer.number(2, line);
          writer.number(3, column);
        }),
      );
    writer.message(3, nothing);
    for (const info of functions) writer.message(3, () => this.#writeFunction(writer, info));
    writer.message(4, nothing);
    writer.message(6, nothing);
    for (const route of this.#attributes.keys())
      writer.message(6, () => {
        writer.number(1, this.text(ROUTE_ATTRIBUTE));
        writer.message(2, () => writer.text(1, route));
      });
    writer.message(7, nothing);
    for (const node of this.#stackOfNode.keys()) {
      const locations: number[] = [];
      for (let at = node; at > 0; at = nodes.parent[at] ?? 0) {
        const index = nodes.function[at] ?? -1;
        const info = functions[index];
        if (info && !isRouteFunction(info)) locations.push(index + 1);
      }
      writer.message(7, () => writer.numbers(1, locations));
    }
    // Last, for everything above adds to it.
    for (const text of this.#strings.keys()) writer.text(5, text);
  }

  #writeFunction(writer: ProtobufWriter, { name, file, line }: FunctionInfo): void {
    writer.number(1, this.text(name));
    writer.number(3, this.text(file));
    writer.number(4, line);
  }
}
