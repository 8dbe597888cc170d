/** `profiler capture`: records calls, lines or allocations of a running server for a while. */

import { type Command, InvalidArgumentError } from 'commander';
import type { CaptureAnswer, CaptureKind } from '../../api/types.ts';
import { encodeHeapPprof } from '../../export/heap-pprof.ts';
import { parseAddress } from '../address.ts';
import { captureTable } from '../capture-table.ts';
import { CliFailure } from '../failure.ts';
import { note, writeFile, writeOutput } from '../output.ts';
import { positiveInteger, TOKEN_FLAG, tokenOf } from '../profile-flags.ts';
import { ProfilerClient } from '../profiler-client.ts';
import { waitWithProgress } from '../progress.ts';

const DEFAULT_LIMIT = 20;
const POLL_MS = 250;
const EXIT_INTERRUPTED = 130;
const EXAMPLES = `
The server is slower while a capture runs, and as before after it. Ctrl-C cancels the capture.

Examples:
  profiler capture --calls 10s http://localhost:3000
  profiler capture --lines 30s localhost:3000 --limit 5
  profiler capture --heap 60s localhost:3000 --output heap.pb.gz && go tool pprof -http : heap.pb.gz`;

interface CaptureFlags {
  readonly calls?: number;
  readonly lines?: number;
  readonly heap?: number;
  readonly limit: number;
  readonly output?: string;
  readonly token?: string;
}

export function addCaptureCommand(program: Command): void {
  program
    .command('capture')
    .description('record calls, lines or allocations of a running server for a while')
    .argument('<url>', 'the URL of a running server or of its profiler; 3000 is http://localhost:3000')
    .option('--calls <time>', 'exact calls of every function, for so long: 10s', duration)
    .option('--lines <time>', 'time per source line', duration)
    .option('--heap <time>', 'allocations by function, in use and total', duration)
    .option('--limit <rows>', 'most functions printed', positiveInteger, DEFAULT_LIMIT)
    .option('-o, --output <file>', 'write the whole result as JSON, or a heap as pprof where the name ends in .pb.gz')
    .option(...TOKEN_FLAG)
    .addHelpText('after', EXAMPLES)
    .action(capture);
}

async function capture(url: string, flags: CaptureFlags): Promise<void> {
  const { kind, seconds } = chosen(flags);
  if (flags.output !== undefined && isPprof(flags.output) && kind !== 'heap')
    throw new CliFailure('PROFILER_E_USAGE', 'only a heap capture can be written as pprof; name a .json file');
  const address = parseAddress(url);
  if (!address) throw new CliFailure('PROFILER_E_USAGE', `${url} is no URL. Give one such as http://localhost:3000`);
  const { client, status } = await ProfilerClient.find(address, tokenOf(flags.token));
  for (const problem of status.problems) note(problem);
  const { id } = (await client.postJson('api/v1/captures', { kind, seconds })) as CaptureAnswer;
  const ended = await withCancelling(client, id, async (signal) => {
    await waitWithProgress(seconds, `capturing ${kind} of ${client.url}`, signal);
    return waitForEnd(client, id, signal);
  });
  if (!ended) return;
  if (ended.state !== 'done' || !ended.result)
    throw new CliFailure('PROFILER_E_CAPTURE', `the capture was ${ended.state}: ${ended.reason ?? 'nobody knows why'}`);
  await write(ended, flags);
}

function chosen(flags: CaptureFlags): { readonly kind: CaptureKind; readonly seconds: number } {
  const given = (['calls', 'lines', 'heap'] as const).flatMap((kind) => {
    const seconds = flags[kind];
    return seconds === undefined ? [] : [{ kind, seconds }];
  });
  const [only] = given;
  if (only && given.length === 1) return only;
  throw new CliFailure('PROFILER_E_USAGE', 'give one of --calls, --lines and --heap, with a time such as 10s');
}

/** Cancels the capture on the server when this command is interrupted. @returns undefined then */
async function withCancelling<Result>(
  client: ProfilerClient,
  id: string,
  body: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    return await body(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    await client.postJson(`api/v1/captures/${id}/cancel`, {});
    note('the capture has been cancelled');
    process.exitCode = EXIT_INTERRUPTED;
    return undefined;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

async function waitForEnd(client: ProfilerClient, id: string, signal: AbortSignal): Promise<CaptureAnswer> {
  for (;;) {
    const answer = (await client.getJson(`api/v1/captures/${id}`)) as CaptureAnswer;
    if (answer.state !== 'running' && answer.state !== 'finishing') return answer;
    await waitWithProgress(POLL_MS / 1000, 'finishing', signal);
  }
}

async function write(ended: CaptureAnswer, { output, limit }: CaptureFlags): Promise<void> {
  if (output === undefined || output === '-') {
    await writeOutput(output === '-' ? `${JSON.stringify(ended)}\n` : captureTable(ended, limit));
    return;
  }
  const bytes =
    isPprof(output) && ended.kind === 'heap' && ended.result
      ? encodeHeapPprof(ended.result, ended)
      : Buffer.from(`${JSON.stringify(ended)}\n`);
  writeFile(output, bytes);
  note(`written to ${output}`);
}

function isPprof(file: string): boolean {
  return file.endsWith('.pb.gz');
}

/** Parses `10s`, `10` or `2m` as seconds; the server knows the bounds. */
function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(s|m)?$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('Give a time such as 10s.');
  return Number(amount) * (unit === 'm' ? 60 : 1);
}
