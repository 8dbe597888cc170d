/**
 * Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding): the four kinds of fields that OTLP's profiles need. Why
 * this is no library: docs/adr/0016-push.md.
 */

const UTF8 = new TextEncoder();
const INITIAL_BYTES = 1 << 16;
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

export class ProtobufWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** The bytes written until now. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** An int32, int64, uint64 or bool from 0 to 2^53; 0 is the default, which proto3 leaves out. */
  number(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
  }

  /** A packed list of such numbers. */
  numbers(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    this.message(field, () => {
      for (const value of values) this.#varint(value);
    });
  }

  fixed64(field: number, value: bigint): void {
    this.#varint(field * 8 + FIXED64);
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  /** Written even if empty: an element of a list. */
  text(field: number, value: string): void {
    const encoded = UTF8.encode(value);
    this.#varint(field * 8 + LENGTH_DELIMITED);
    this.#varint(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** @param write writes the message's fields to this writer. */
  message(field: number, write: () => void): void {
    this.#varint(field * 8 + LENGTH_DELIMITED);
    const start = this.#length;
    write();
    const length = this.#length - start;
    // The length stands in front and is known now: the content moves up by as many bytes as it takes.
    const prefix = varintLength(length);
    this.#reserve(prefix);
    this.#bytes.copyWithin(start + prefix, start, this.#length);
    this.#length = start;
    this.#varint(length);
    this.#length = start + prefix + length;
  }

  #varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is no whole number from 0 to 2^53`);
    this.#reserve(8);
    let rest = value;
    // Shifts would cut it to 32 bits.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
