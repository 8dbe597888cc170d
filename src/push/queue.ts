/** What waits to be pushed, oldest first, within a bound of bytes: in memory, or in a folder that outlives the process. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PushQueue {
  readonly items: number;
  readonly bytes: number;
  /** What was thrown away for want of room since the start. */
  readonly dropped: number;
  add(body: Uint8Array): void;
  /** The oldest; null when nothing waits. */
  first(): { readonly id: string; readonly body: Uint8Array } | null;
  remove(id: string): void;
}

export class MemoryQueue implements PushQueue {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Uint8Array>();
  #bytes = 0;
  #added = 0;
  dropped = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get items(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(body: Uint8Array): void {
    this.#entries.set(String(this.#added++), body);
    this.#bytes += body.length;
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.remove(id);
      this.dropped++;
    }
  }

  first(): { readonly id: string; readonly body: Uint8Array } | null {
    const [oldest] = this.#entries;
    return oldest ? { id: oldest[0], body: oldest[1] } : null;
  }

  remove(id: string): void {
    this.#bytes -= this.#entries.get(id)?.length ?? 0;
    this.#entries.delete(id);
  }
}

/** `<milliseconds>-<number>-<pid>.<format>`: in the order of names, and whose it is. */
const FILE = /^\d{15}-\d{6}-(\d+)\.(\w+)$/;

/**
 * A file per entry. Several processes may share the folder: each sends its own files, and at its start takes over those of processes that are
 * gone. Reads and writes at once: asynchronous ones would start the host's thread pool with our priority (docs/adr/0010-per-request.md).
 */
export class DirectoryQueue implements PushQueue {
  readonly #directory: string;
  readonly #format: string;
  readonly #maxBytes: number;
  readonly #pid: number;
  /** Oldest first, with its size. */
  readonly #files = new Map<string, number>();
  #bytes = 0;
  #added = 0;
  dropped = 0;

  /**
   * @param directory made, with mode 0700, where it is not there.
   * @param format entries of another one are left alone.
   * @throws where the directory cannot be used
   */
  constructor(directory: string, format: string, maxBytes: number, pid: number = process.pid) {
    this.#directory = directory;
    this.#format = format;
    this.#maxBytes = maxBytes;
    this.#pid = pid;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#adopt();
  }

  get items(): number {
    return this.#files.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(body: Uint8Array): void {
    const name = this.#nameAt(String(Date.now()).padStart(15, '0'));
    const path = join(this.#directory, name);
    writeFileSync(`${path}.tmp`, body, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
    this.#note(name, body.length);
    this.#shrink();
  }

  first(): { readonly id: string; readonly body: Uint8Array } | null {
    for (const name of this.#files.keys()) {
      try {
        return { id: name, body: readFileSync(join(this.#directory, name)) };
      } catch {
        // Somebody cleaned up, or took it for a dead process's: it is not ours any more.
        this.#forget(name);
      }
    }
    return null;
  }

  remove(id: string): void {
    rmSync(join(this.#directory, id), { force: true });
    this.#forget(id);
  }

  #adopt(): void {
    for (const name of readdirSync(this.#directory).sort()) {
      const [, owner, format] = FILE.exec(name) ?? [];
      if (owner === undefined || format !== this.#format) continue;
      const isOwn = Number(owner) === this.#pid;
      if (!isOwn && isAlive(Number(owner))) continue;
      const adopted = isOwn ? name : this.#nameAt(name.slice(0, name.indexOf('-')));
      try {
        if (!isOwn) renameSync(join(this.#directory, name), join(this.#directory, adopted));
        this.#note(adopted, statSync(join(this.#directory, adopted)).size);
      } catch {
        // Another process that starts now was faster.
      }
    }
    this.#shrink();
  }

  /** Ours, and nobody's yet: what was taken over may be of the same millisecond. */
  #nameAt(time: string): string {
    for (;;) {
      const name = `${time}-${String(this.#added++ % 1e6).padStart(6, '0')}-${this.#pid}.${this.#format}`;
      if (!this.#files.has(name)) return name;
    }
  }

  #shrink(): void {
    for (const name of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.remove(name);
      this.dropped++;
    }
  }

  #note(name: string, size: number): void {
    this.#files.set(name, size);
    this.#bytes += size;
  }

  #forget(name: string): void {
    this.#bytes -= this.#files.get(name) ?? 0;
    this.#files.delete(name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: another user's.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}
