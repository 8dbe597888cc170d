/** One POST, with an end in any case: what the server said, or that it said nothing in time. */

/** A collector that takes longer than this is as good as down. */
const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 4096;

export interface Answer {
  readonly status: number;
  /** What `Retry-After` asks for; undefined where it does not. */
  readonly retryAfterMs: number | undefined;
  /** The beginning of the body. */
  readonly text: string;
}

/** @throws when the server cannot be reached, breaks off, or takes longer than `timeoutMs` in all */
export function send(
  target: URL,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number = TIMEOUT_MS,
): Promise<Answer> {
  const { username, password } = target;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  // Here, because TLS takes 3 MB, and most processes push nothing. Not by `import()`: the host's module hooks may hear of it.
  const { request } =
    target.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
  return new Promise((done, fail) => {
    const outgoing = request(
      target,
      {
        method: 'POST',
        // A connection kept between pushes would be closed by most servers and proxies before the next one.
        agent: false,
        auth: username === '' ? null : credentials,
        headers: { ...headers, 'content-length': String(body.length) },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          if (length < MAX_ANSWER_BYTES) chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - length));
          length += chunk.length;
        });
        response.on('error', fail);
        response.on('end', () =>
          done({
            status: response.statusCode ?? 0,
            retryAfterMs: retryAfter(response.headers['retry-after'], Date.now()),
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
