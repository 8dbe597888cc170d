/** Collects text as UTF-8, so that a file may be longer than the longest string. */

const FLUSH_CHARACTERS = 1 << 16;

export class ByteSink {
  readonly #chunks: Buffer[] = [];
  #pending = '';

  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= FLUSH_CHARACTERS) this.#flush();
  }

  bytes(): Uint8Array {
    this.#flush();
    return Buffer.concat(this.#chunks);
  }

  #flush(): void {
    if (this.#pending === '') return;
    this.#chunks.push(Buffer.from(this.#pending, 'utf8'));
    this.#pending = '';
  }
}
