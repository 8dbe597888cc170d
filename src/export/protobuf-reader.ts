/**
 * Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding) from bytes that nobody vouches for: every length is
 * checked, so whatever is wrong throws, and time and memory stay in proportion to the input. pprof-format's own decoder takes
 * truncated input for complete and hangs on an endless varint.
 */

const MAX_VARINT_BYTES = 10;
const MAX_REPEATED = 1_000_000;
/** Strings begin as they begin: a byte order mark is part of them. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class ProtobufReader {
  /** Number of the current field. */
  field = 0;
  /** Value of the current field if it is a varint, else 0. Signed, and exact up to 2^53. */
  value = 0;
  /** Where the current field's bytes are if it is length-delimited, else both 0. */
  start = 0;
  end = 0;

  readonly #bytes: Uint8Array;
  readonly #limit: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#limit = end;
  }

  /** Moves on to the next field. @returns false at the end of the message @throws on malformed bytes */
  next(): boolean {
    if (this.#at >= this.#limit) return false;
    const tag = this.#varint();
    this.field = tag >>> 3;
    this.value = 0;
    this.start = 0;
    this.end = 0;
    if (this.field === 0) throw new Error('field number 0');
    const wireType = tag & 7;
    switch (wireType) {
      case 0:
        this.value = this.#varint();
        return true;
      case 1:
        this.#skip(8);
        return true;
      case 2: {
        const length = this.#varint();
        this.start = this.#at;
        this.#skip(length);
        this.end = this.#at;
        return true;
      }
      case 5:
        this.#skip(4);
        return true;
      default:
        throw new Error(`unknown wire type ${wireType}`);
    }
  }

  /** The message in the current field. */
  message(): ProtobufReader {
    return new ProtobufReader(this.#bytes, this.start, this.end);
  }

  /** Appends the numbers of the current field, a repeated one: packed, or one at a time as old writers do. */
  numbersInto(list: number[]): void {
    if (this.end === 0) {
      list.push(this.value);
      return;
    }
    const packed = this.message();
    while (packed.#at < packed.#limit) {
      list.push(packed.#varint());
      if (list.length > MAX_REPEATED) throw new Error(`a list is longer than ${MAX_REPEATED} numbers`);
    }
  }

  text(): string {
    return UTF8.decode(this.#bytes.subarray(this.start, this.end));
  }

  #skip(length: number): void {
    if (length < 0 || length > this.#limit - this.#at) throw new Error(`a field is cut off at byte ${this.#limit}`);
    this.#at += length;
  }

  #varint(): number {
    let low = 0;
    let high = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      if (this.#at >= this.#limit) throw new Error(`a number is cut off at byte ${this.#limit}`);
      const byte = this.#bytes[this.#at++] ?? 0;
      const bits = byte & 0x7f;
      const shift = 7 * index;
      // 64 bits in two halves: 28 bits and 4 of the fifth byte, then the rest.
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0);
    }
    throw new Error(`a number is longer than ${MAX_VARINT_BYTES} bytes`);
  }
}
