/** What the servers run under. A new variant is one row. */

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Variant {
  readonly name: string;
  /** Before the script on Node's command line; see `nodeArguments`. */
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The variable that gets the URL of a backend that accepts everything. */
  readonly backendVariable?: string;
  /** Whether its data can be told apart by request or endpoint; only those variants are compared with ours. */
  readonly attributesRequests: boolean;
  /** Serves DESIGN's status API, which has the rotation times. */
  readonly hasStatus?: boolean;
  /** Smallest Node.js major it supports, where that is more than ours. */
  readonly minNode?: number;
  /** Nothing anybody would use: one thing that the agent does, by itself. Measured where it is asked for by name. */
  readonly isPart?: boolean;
  /** npm packages whose versions are shown. */
  readonly packages?: readonly string[];
}

export const BASELINE = 'bare';
export const SUBJECT = 'profiler';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const fixtures = createRequire(fromHere('fixtures/package.json'));

/** What `profiler/register` resolves to in a checkout. */
export const AGENT_ESM: string = fromHere('../dist/register.mjs');
export const AGENT_CJS: string = fromHere('../dist/register.cjs');

export const VARIANTS: readonly Variant[] = [
  { name: BASELINE, nodeArgs: [], env: {}, attributesRequests: false },
  {
    name: SUBJECT,
    nodeArgs: ['--import', AGENT_ESM],
    env: {},
    attributesRequests: true,
    hasStatus: true,
  },
  {
    name: 'profiler (waits all)',
    nodeArgs: ['--import', AGENT_ESM],
    env: { PROFILER_WAITS: 'all' },
    attributesRequests: true,
    hasStatus: true,
  },
  {
    name: 'profiler (heap)',
    nodeArgs: ['--import', AGENT_ESM],
    env: { PROFILER_HEAP: 'true' },
    attributesRequests: true,
    hasStatus: true,
  },
  {
    name: 'profiler (waits off)',
    nodeArgs: ['--import', AGENT_ESM],
    env: { PROFILER_WAITS: 'off' },
    attributesRequests: true,
    hasStatus: true,
  },
  {
    name: 'flame',
    nodeArgs: ['--require', '@platformatic/flame/preload.js'],
    env: { FLAME_AUTO_START: 'true', FLAME_DELAY: 'until-started' }, // what `flame run` sets
    attributesRequests: false,
    minNode: 22,
    packages: ['@platformatic/flame'],
  },
  {
    name: 'pyroscope',
    nodeArgs: ['--require', fromHere('fixtures/peers/pyroscope.cjs')],
    env: {},
    backendVariable: 'PYROSCOPE_SERVER_ADDRESS',
    attributesRequests: false,
    packages: ['@pyroscope/nodejs'],
  },
  {
    name: 'dd-trace',
    nodeArgs: ['--require', 'dd-trace/init'],
    // Tracing, profiling and endpoint collection on; what only talks to Datadog off.
    env: {
      DD_PROFILING_ENABLED: 'true',
      DD_PROFILING_ENDPOINT_COLLECTION_ENABLED: 'true',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_CRASHTRACKING_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    },
    backendVariable: 'DD_TRACE_AGENT_URL',
    attributesRequests: true,
    packages: ['dd-trace'],
  },
  {
    name: 'opentelemetry',
    nodeArgs: ['--require', fromHere('fixtures/peers/opentelemetry.cjs')],
    env: { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
    attributesRequests: true,
    minNode: 22,
    packages: ['@opentelemetry/auto-instrumentations-node'],
  },
  part('sampler'),
  part('worker'),
  part('wrappers'),
  part('kept-tick'),
  part('collections', ['--expose-gc']),
  { ...part('collections', ['--expose-gc']), name: 'part: collections with a kept tick', env: { KEEP_TICK: '1' } },
];

function part(name: string, flags: readonly string[] = []): Variant {
  return {
    name: `part: ${name}`,
    nodeArgs: [...flags, '--require', fromHere(`fixtures/parts/${name}.cjs`)],
    env: {},
    attributesRequests: false,
    isPart: true,
  };
}

/** @throws where there is none of that name */
export function variantNamed(name: string): Variant {
  const variant = VARIANTS.find((each) => each.name === name);
  if (!variant) throw new Error(`there is no variant ${name}`);
  return variant;
}

/**
 * The arguments with packages of fixtures/package.json as absolute paths: Node.js would resolve them from the working directory.
 * @throws when a package is not installed
 */
export function nodeArguments(variant: Variant): string[] {
  const isPackage = (argument: string): boolean => /^[@a-z]/.test(argument);
  return variant.nodeArgs.map((argument) => (isPackage(argument) ? fixtures.resolve(argument) : argument));
}

/** Installed version of a package of fixtures/package.json. */
export function versionOf(packageName: string): string {
  const manifest: unknown = fixtures('./package.json');
  const { dependencies } = manifest as { dependencies: Record<string, string> };
  return dependencies[packageName] ?? 'unknown';
}
