/** Says on what the figures were measured: without that they mean nothing. */

import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { type Variant, versionOf } from './variants.ts';

export interface Environment {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  /** Of the servers. */
  readonly nodeVersion: string;
  readonly pinned: boolean;
  /** One minute, at the start: more than about 0.5 spoils the figures. */
  readonly loadAverage: number;
  readonly packages: Readonly<Record<string, string>>;
}

export function describeEnvironment(node: string, variants: readonly Variant[], pinned: boolean): Environment {
  const names = ['express', 'fastify', ...variants.flatMap((variant) => variant.packages ?? [])];
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    nodeVersion: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
    pinned,
    loadAverage: loadavg()[0] ?? 0,
    packages: Object.fromEntries(names.map((name) => [name, versionOf(name)])),
  };
}

/** One line each. */
export function environmentLines(environment: Environment, command: string): string[] {
  const packages = Object.entries(environment.packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${environment.date}, Node.js ${environment.nodeVersion}, ${environment.cpu}, ${environment.cores} cores, ` +
      `${environment.memoryGb} GB, Linux ${environment.kernel}, load average before: ${environment.loadAverage.toFixed(2)}`,
    environment.pinned ? 'Server and load generator each pinned to a core of their own.' : 'Nothing pinned to cores.',
    packages.join(', '),
    command,
  ];
}
