/** The messages of profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), read as far as we use them. */

import { ProtobufReader } from './protobuf-reader.ts';

/** Strings, samples, locations, lines and functions together: about ten times the largest profiles met. */
const MAX_PARTS = 4_000_000;

interface PprofFunction {
  readonly name: string;
  readonly systemName: string;
  readonly file: string;
  /** 0 when unknown. */
  readonly startLine: number;
}

interface PprofLine {
  readonly functionId: number;
  readonly line: number;
  readonly column: number;
}

interface PprofLocation {
  readonly id: number;
  readonly address: number;
  /** The innermost function first; several where functions were inlined. */
  readonly lines: readonly PprofLine[];
}

interface PprofLabel {
  readonly key: string;
  /** '' for a numeric label. */
  readonly text: string;
}

type SampleVisitor = (locations: readonly number[], values: readonly number[], labels: readonly PprofLabel[]) => void;

export interface PprofMessage {
  readonly sampleTypes: readonly { readonly type: string; readonly unit: string }[];
  readonly locations: readonly PprofLocation[];
  readonly functions: ReadonlyMap<number, PprofFunction>;
  readonly comments: readonly string[];
  readonly timeNanos: number;
  readonly durationNanos: number;
  readonly period: number;
  /** Samples are most of a file: they are visited in place, once. */
  forEachSample(visit: SampleVisitor): void;
}

/** @throws on bytes that are not protobuf, and on references into nowhere */
export function parsePprof(bytes: Uint8Array): PprofMessage {
  const strings: string[] = [];
  const text = (index: number): string => {
    const found = strings[index];
    // An absent field is 0, and a file without any string is still valid.
    if (found === undefined && index !== 0) throw new Error(`string ${index} of ${strings.length} is not there`);
    return found ?? '';
  };
  // References run in both directions, so everything is collected before any string is looked up.
  const parts: Record<'sampleTypes' | 'samples' | 'locations' | 'functions', ProtobufReader[]> = {
    sampleTypes: [],
    samples: [],
    locations: [],
    functions: [],
  };
  const numbers = { timeNanos: 0, durationNanos: 0, period: 0 };
  const comments: number[] = [];
  let partCount = 0;
  const countPart = (): void => {
    if (++partCount > MAX_PARTS) throw new Error(`it has more than ${MAX_PARTS} parts`);
  };
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    countPart();
    switch (reader.field) {
      case 1:
        parts.sampleTypes.push(reader.message());
        break;
      case 2:
        parts.samples.push(reader.message());
        break;
      case 4:
        parts.locations.push(reader.message());
        break;
      case 5:
        parts.functions.push(reader.message());
        break;
      case 6:
        strings.push(reader.text());
        break;
      case 9:
        numbers.timeNanos = reader.value;
        break;
      case 10:
        numbers.durationNanos = reader.value;
        break;
      case 12:
        numbers.period = reader.value;
        break;
      case 13:
        reader.numbersInto(comments);
        break;
    }
  }
  if (parts.sampleTypes.length === 0) throw new Error('it has no sample types');
  return {
    ...numbers,
    sampleTypes: parts.sampleTypes.map((part) => {
      const fields = scalarsOf(part);
      return { type: text(fields[1] ?? 0), unit: text(fields[2] ?? 0) };
    }),
    locations: parts.locations.map((part) => parseLocation(part, countPart)),
    functions: new Map(
      parts.functions.map((part) => {
        const fields = scalarsOf(part);
        const name = text(fields[2] ?? 0);
        return [
          fields[1] ?? 0,
          { name, systemName: text(fields[3] ?? 0), file: text(fields[4] ?? 0), startLine: fields[5] ?? 0 },
        ];
      }),
    ),
    comments: comments.map(text),
    forEachSample: (visit) => {
      for (const part of parts.samples) visitSample(part, text, visit);
    },
  };
}

/** A message of plain numbers, by field number; profile.proto's have at most 15 fields. */
function scalarsOf(reader: ProtobufReader): number[] {
  const fields: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  while (reader.next()) if (reader.field < fields.length) fields[reader.field] = reader.value;
  return fields;
}

function parseLocation(reader: ProtobufReader, countLine: () => void): PprofLocation {
  const lines: PprofLine[] = [];
  let id = 0;
  let address = 0;
  while (reader.next()) {
    if (reader.field === 1) id = reader.value;
    else if (reader.field === 3) address = reader.value;
    else if (reader.field === 4) {
      countLine();
      const [, functionId = 0, line = 0, column = 0] = scalarsOf(reader.message());
      lines.push({ functionId, line, column });
    }
  }
  return { id, address, lines };
}

/** Apart from `scalarsOf`, because there are some in every sample. */
function parseLabel(reader: ProtobufReader, text: (index: number) => string): PprofLabel {
  let key = 0;
  let label = 0;
  while (reader.next()) {
    if (reader.field === 1) key = reader.value;
    else if (reader.field === 2) label = reader.value;
  }
  return { key: text(key), text: text(label) };
}

function visitSample(reader: ProtobufReader, text: (index: number) => string, visit: SampleVisitor): void {
  const locations: number[] = [];
  const values: number[] = [];
  const labels: PprofLabel[] = [];
  while (reader.next()) {
    if (reader.field === 1) reader.numbersInto(locations);
    else if (reader.field === 2) reader.numbersInto(values);
    else if (reader.field === 3) {
      labels.push(parseLabel(reader.message(), text));
    }
  }
  visit(locations, values, labels);
}
