/** `npm run bench`: measures, prints the tables, writes the files. */

import { existsSync, writeFileSync } from 'node:fs';
import { cannotInstallReason, installNode, NODE_MAJORS } from '../scripts/node-versions.mjs';
import { describeEnvironment, type Environment, environmentLines } from './environment.ts';
import { countSlices, measureRounds, type ServerResult } from './measure/rounds.ts';
import { HELP, type Options, parseOptions } from './options.ts';
import { startBackend } from './process/backend.ts';
import { pinSelf, planPinning } from './process/pinning.ts';
import { Progress } from './progress.ts';
import { summarize } from './report/summary.ts';
import { renderMarkdown, renderText } from './report/table.ts';
import { serverTable, startupTable, targetTable } from './report/tables.ts';
import { judge } from './report/targets.ts';
import { SERVERS } from './servers.ts';
import { measureStartup, STARTUP_STEPS, type StartupResult } from './startup.ts';
import { AGENT_ESM, BASELINE, VARIANTS, type Variant } from './variants.ts';

interface Results {
  readonly environment: Environment;
  readonly options: Options;
  readonly servers: readonly ServerResult[];
  readonly startup: readonly StartupResult[];
  /** Variants and Node.js versions left out, with the reason. */
  readonly skipped: readonly string[];
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === 'help') {
    console.log(HELP);
    return;
  }
  if (process.platform !== 'linux') throw new Error('the benchmark reads CPU time and memory from /proc: Linux only');
  const results = await measure(options);
  report(results, `npm run bench -- ${args.join(' ')}`.trim());
}

async function measure(options: Options): Promise<Results> {
  const node = installNode(options.node);
  if (node === undefined) throw new Error(`Node.js ${options.node}: ${cannotInstallReason}`);
  const [baseline, ...chosen] = VARIANTS.filter(({ name }) => name === BASELINE || options.variants.includes(name));
  if (baseline === undefined) throw new Error('no baseline among the variants');
  const skipped = chosen.flatMap((variant) => reasonToSkip(variant, options.node) ?? []);
  const variants = chosen.filter((variant) => reasonToSkip(variant, options.node) === null);
  const servers = options.parts.includes('servers') ? options.servers : [];
  const startupNodes = options.parts.includes('startup') && existsSync(AGENT_ESM) ? findNodes() : [];
  const perServer = countSlices({ rounds: options.rounds, variants });
  const progress = new Progress(servers.length * perServer + startupNodes.length * STARTUP_STEPS);
  const pinning = options.pinned ? planPinning() : null;
  const environment = describeEnvironment(node, variants, pinning !== null);

  // Before pinning: Node.js starts on all cores.
  const startup = startupNodes.flatMap((binary) => measureStartup(binary, options.startupPairs, progress));
  if (pinning !== null) pinSelf(pinning);
  const backend = await startBackend();
  const results: ServerResult[] = [];
  for (const server of SERVERS.filter(({ name }) => servers.includes(name))) {
    const { rounds, seed } = options;
    const prepared = await server.prepare?.();
    const plan = {
      node,
      server,
      baseline,
      variants,
      rounds,
      seed,
      pinning,
      durations: options,
      backendUrl: backend.url,
      env: prepared?.env ?? {},
    };
    results.push(await measureRounds(plan, progress).finally(() => prepared?.end()));
  }
  backend.close();
  progress.end();
  return { environment, options, servers: results, startup, skipped };
}

function reasonToSkip(variant: Variant, nodeMajor: number): string | null {
  if (nodeMajor < (variant.minNode ?? 0)) return `${variant.name}: needs Node.js ${variant.minNode}`;
  if (variant.hasStatus && !existsSync(AGENT_ESM)) return `${variant.name}: not built (npm run build)`;
  return null;
}

function findNodes(): string[] {
  return NODE_MAJORS.flatMap((major) => installNode(major) ?? []);
}

function report(results: Results, command: string): void {
  const { options, environment, startup, skipped } = results;
  const names = VARIANTS.map((variant) => variant.name);
  const summarized = results.servers.map((result) => ({ result, summaries: summarize(result.slices, names) }));
  const verdicts = judge(
    summarized.flatMap(({ summaries }) => summaries),
    startup,
  );
  const tables = [
    ...summarized.map(({ result, summaries }) => serverTable(result, summaries)),
    ...(startup.length === 0 ? [] : [startupTable(startup)]),
    ...(verdicts.length === 0 ? [] : [targetTable(verdicts)]),
  ];
  const lines = [...environmentLines(environment, command), ...skipped.map((reason) => `Left out: ${reason}`)];
  console.log([lines.join('\n'), ...tables.map(renderText)].join('\n\n'));
  if (options.markdownFile !== null) {
    const intro = lines.map((line) => `- ${line}`).join('\n');
    writeFileSync(options.markdownFile, `${['# Benchmarks', intro, ...tables.map(renderMarkdown)].join('\n\n')}\n`);
  }
  if (options.jsonFile !== null) {
    const summaries = summarized.flatMap((entry) => entry.summaries);
    writeFileSync(options.jsonFile, `${JSON.stringify({ ...results, summaries, verdicts }, null, 2)}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
