/** A collector and what stands for its host's thread: it answers rotations with the segments that a test has laid ready. */

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { ApiRequest, ApiResponse } from '../../../src/api/types.ts';
import { Collector } from '../../../src/collector/collector.ts';
import { awaitLastWords, makeLastWords } from '../../../src/collector/last-words.ts';
import type { FromCollector, HostStatus } from '../../../src/collector/protocol.ts';
import { loadOptions } from '../../../src/config/load.ts';
import type { Options } from '../../../src/config/options.ts';
import type { RequestBatch } from '../../../src/request/request-batch.ts';
import type { CpuSegment } from '../../../src/sample/segment.ts';
import { batchOf, transferred } from './segments.ts';
import { OWN_DIRECTORY } from './trees.ts';

export const RUN = '20261122T211000Z-abcdef';
export const PID = 4711;

export interface Rotation {
  readonly segment: CpuSegment | null;
  readonly requests?: RequestBatch;
}

/** The defaults, where the environment says nothing else. */
export function optionsOf(env: Readonly<Record<string, string>> = {}): Options {
  const readFile = (): never => {
    throw Object.assign(new Error('no file'), { code: 'ENOENT' });
  };
  return loadOptions({ env, cwd: '/', readFile }).options;
}

export class TestHost {
  readonly collector: Collector;
  /** What the next rotations bring; without more they bring nothing. */
  readonly ready: Rotation[] = [];
  /** Lines for stderr. */
  readonly log: string[] = [];
  /** Messages that the test answers itself. */
  readonly unanswered: FromCollector[] = [];
  readonly lastWords: SharedArrayBuffer = makeLastWords();
  /** False: rotations are not answered, as by a blocked thread. */
  answers = true;
  recording = true;
  readonly #responses = new Map<number, (response: ApiResponse) => void>();
  #asked = 0;
  #status: Partial<HostStatus>;

  constructor(env: Readonly<Record<string, string>> = {}, status: Partial<HostStatus> = {}) {
    this.#status = status;
    this.collector = new Collector(
      {
        options: optionsOf({ PROFILER_DATA_DIR: 'memory', ...env }),
        host: {
          run: RUN,
          pid: PID,
          title: 'node',
          node: process.version,
          version: '1.2.3',
          startedAt: Date.now() - 60_000,
          cwd: '/',
          script: '/server.js',
          parentPid: 1,
          thread: 0,
          starter: { kind: 'none' },
          temporaryDirectory: '/nowhere',
          ownDirectory: OWN_DIRECTORY,
        },
        lastWords: this.lastWords,
        inspecting: new SharedArrayBuffer(4),
      },
      (message) => this.#receive(message),
    );
  }

  /** Sends what one rotation recorded. */
  send({ segment, requests = batchOf([]) }: Rotation, reply = 0): void {
    const status: HostStatus = {
      recording: this.recording,
      tracking: 'async-hooks',
      samplerRestarts: 0,
      slots: 0,
      retiredSlots: 0,
      lastRotationMs: 1,
      problems: [],
      ...this.#status,
    };
    this.collector.receive({ type: 'segment', status, reply, traces: null, ...transferred({ segment, requests }) });
  }

  /** Asks as a client that the gate has let in. `GET api/v1/routes?from=1`. */
  async ask(line: string, request: Partial<ApiRequest> = {}): Promise<ApiResponse> {
    const [method = '', url = ''] = line.split(' ');
    const [path = '', query = ''] = url.split('?');
    const id = ++this.#asked;
    const response = new Promise<ApiResponse>((resolve) => this.#responses.set(id, resolve));
    this.collector.receive({ type: 'http', id, request: { method, path, query, headers: {}, body: '', ...request } });
    return structuredClone(await response);
  }

  /** An action as the UI posts it. */
  post(path: string, body: unknown = {}): Promise<ApiResponse> {
    return this.ask(`POST ${path}`, { headers: { 'x-profiler': '1' }, body: JSON.stringify(body) });
  }

  async json<Answer>(line: string): Promise<Answer> {
    const { status, body } = await this.ask(line);
    assert.equal(status, 200, String(body));
    return JSON.parse(String(body)) as Answer;
  }

  abort(): void {
    this.collector.receive({ type: 'http-abort', id: this.#asked });
  }

  /** Resolves when the log files are complete. */
  async flush(): Promise<void> {
    this.collector.receive({ type: 'flush' });
    while (awaitLastWords(this.lastWords, 0) === undefined) await turn();
  }

  #receive(message: FromCollector): void {
    switch (message.type) {
      case 'http': {
        const { id, response } = message;
        this.#responses.get(id)?.(response);
        this.#responses.delete(id);
        return;
      }
      case 'log':
        this.log.push(message.text);
        return;
      case 'recording':
        this.recording = message.on;
        this.#rotate(message.id);
        return;
      case 'rotate':
        if (this.answers) this.#rotate(message.id);
        else this.unanswered.push(message);
        return;
      default:
        this.unanswered.push(message);
    }
  }

  #rotate(id: number): void {
    const rotation = this.ready.shift() ?? { segment: null };
    // As a message: never before the collector goes on.
    queueMicrotask(() => this.send(rotation, id));
  }
}
