/** Asks a running profiler's API (docs/api.md), over TCP or a unix socket. */

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ACTION_HEADER, type ApiError, type StatusAnswer } from '../api/types.ts';
import { type Address, profilerPaths } from './address.ts';
import { CliFailure, messageOf } from './failure.ts';

const IDLE_TIMEOUT_MS = 60_000;
/** Less than the longest string of V8. */
const MAX_ANSWER_BYTES = 500 * 1024 ** 2;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export class ProfilerClient {
  /** The profiler's own URL, without a slash at its end. */
  readonly url: string;
  readonly #address: Address;
  readonly #path: string;
  readonly #token: string | undefined;

  private constructor(address: Address, path: string, token: string | undefined) {
    this.#address = address;
    this.#path = path;
    this.#token = token;
    this.url = `${originOf(address)}${path}`;
  }

  /** Finds the profiler of a server. @throws CliFailure */
  static async find(
    address: Address,
    token: string | undefined,
  ): Promise<{ client: ProfilerClient; status: StatusAnswer }> {
    const paths = profilerPaths(address);
    for (const path of paths) {
      const client = new ProfilerClient(address, path, token);
      const { status, body } = await client.#request('api/v1/status');
      const answer = status === 200 ? parseStatus(body) : null;
      if (answer) return { client, status: answer };
    }
    const secret = token === undefined ? 'give the token with --token or PROFILER_TOKEN' : 'check the token';
    const advice = `Start the server with profiler run; ask from its own machine, or ${secret}`;
    const message = `${originOf(address)} answers, but shows no profiler at ${paths.join(' nor ')}. ${advice}`;
    throw new CliFailure('PROFILER_E_NO_PROFILER', message);
  }

  /** @param path below the profiler's URL. @throws CliFailure with the API's own code and words where it refuses */
  async getJson(path: string): Promise<unknown> {
    return this.#valueOf(path, await this.#request(path));
  }

  /** An action. @param path below the profiler's URL. @throws CliFailure as `getJson` */
  async postJson(path: string, body: object): Promise<unknown> {
    return this.#valueOf(path, await this.#request(path, JSON.stringify(body)));
  }

  /** As `getJson`, of what is a file. */
  async getBytes(path: string): Promise<Uint8Array> {
    const answer = await this.#request(path);
    return answer.status === 200 ? answer.body : this.#refused(path, answer);
  }

  #valueOf(path: string, answer: Answer): unknown {
    const value = parseJson(answer.body);
    const isDone = answer.status === 200 || answer.status === 202;
    return isDone && value !== undefined ? value : this.#refused(path, answer);
  }

  #refused(path: string, { status, body }: Answer): never {
    const value = parseJson(body);
    const { code, error } = (value ?? {}) as Partial<ApiError>;
    if (typeof code === 'string' && typeof error === 'string') throw new CliFailure(code, error);
    throw new CliFailure(
      'PROFILER_E_ANSWER',
      `${this.url}/${path} answered ${status} and not what was asked. Is it still the same server?`,
    );
  }

  /** @param body of a POST; undefined for a GET. */
  #request(path: string, body?: string): Promise<Answer> {
    const { url, socketPath } = this.#address;
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((done, fail) => {
      const failed = (error: unknown): void => fail(unreachable(originOf(this.#address), error));
      const headers = {
        accept: 'application/json',
        // Without an agent Node.js asks for `close`, as proxies do: that is not taken for somebody on this machine. The server closes all the same.
        connection: 'keep-alive',
        ...(body === undefined ? {} : { [ACTION_HEADER]: '1', 'content-length': Buffer.byteLength(body) }),
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      };
      const options = {
        method: body === undefined ? 'GET' : 'POST',
        path: `${this.#path}/${path}`,
        headers,
        timeout: IDLE_TIMEOUT_MS,
        agent: false,
        ...(socketPath ? { socketPath } : {}),
      };
      const outgoing = request(url, options, (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > MAX_ANSWER_BYTES)
            response.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`));
          else chunks.push(chunk);
        });
        response.on('error', failed);
        response.on('end', () => done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${IDLE_TIMEOUT_MS / 1000} s`)));
      outgoing.on('error', failed);
      outgoing.end(body);
    });
  }
}

function originOf({ url, socketPath }: Address): string {
  return socketPath === undefined ? url.origin : `unix:${socketPath}`;
}

/** @returns null for anything but a profiler's status: many applications answer every path with a page. */
function parseStatus(body: Buffer): StatusAnswer | null {
  const value = parseJson(body) as Partial<StatusAnswer> | null | undefined;
  return value?.sampling && value.run && Array.isArray(value.problems) ? (value as StatusAnswer) : null;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function unreachable(origin: string, error: unknown): CliFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new CliFailure('PROFILER_E_UNREACHABLE', `${origin} cannot be asked: ${reasonOf(code, error)}`, {
    cause: error,
  });
}

function reasonOf(code: string, error: unknown): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there. Is the server running?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no host has this name';
  if (code === 'EACCES') return "this user may not open the socket. Ask as the server's user";
  if (code === 'ECONNRESET' || code.startsWith('HPE_')) return 'it does not speak HTTP/1 there. Is it https?';
  if (code === 'EPROTO') return 'it does not speak TLS there. Is it http?';
  if (/CERT|SELF_SIGNED|ISSUER/.test(code))
    return `its certificate is not trusted (${code}). Name the CA's file in NODE_EXTRA_CA_CERTS`;
  return messageOf(error) || code;
}
