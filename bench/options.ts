/** The benchmark's command line. */

import { parseArgs } from 'node:util';
import { installNode } from '../scripts/node-versions.mjs';
import { SERVERS } from './servers.ts';
import { BASELINE, VARIANTS } from './variants.ts';

export interface Options {
  readonly node: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly startupPairs: number;
  readonly servers: readonly string[];
  readonly variants: readonly string[];
  readonly parts: readonly Part[];
  readonly seed: number;
  readonly pinned: boolean;
  readonly jsonFile: string | null;
  readonly markdownFile: string | null;
}

export type Part = 'servers' | 'startup';

const PARTS: readonly Part[] = ['startup', 'servers'];
const NODE_MAJORS = ['20', '22', '24', '26'];
const VARIANT_NAMES = VARIANTS.map((variant) => variant.name).filter((name) => name !== BASELINE);
const USABLE_NAMES = VARIANTS.filter((variant) => !variant.isPart && variant.name !== BASELINE).map(({ name }) => name);

/** Two seconds per slice are enough to see that everything works; ten hold ten of the agent's rotations. */
const QUICK = { rounds: '2', seconds: '2', warmup: '1', 'startup-pairs': '5' };
const FULL = { rounds: '6', seconds: '10', warmup: '3', 'startup-pairs': '40' };

export const HELP: string = `Usage: npm run bench -- [options]

Compares servers under the agent and under other agents with the bare servers, in rounds: bare, each variant once in random
order, bare again. Linux only.

  --quick               a smoke run: ${QUICK.rounds} rounds of ${QUICK.seconds} s
  --rounds N            rounds (default ${FULL.rounds})
  --seconds N           seconds of each of a slice's two loads (default ${FULL.seconds})
  --warmup N            seconds of load before them (default ${FULL.warmup})
  --startup-pairs N     starts with and without the agent per Node.js version (default ${FULL['startup-pairs']})
  --node 20|22|24|26    version that runs the servers (default 24)
  --servers A,B         ${SERVERS.map((server) => server.name).join(', ')} (default: the first two)
  --variants A,B        ${VARIANT_NAMES.join('; ')} (default: all but parts; ${BASELINE} always runs)
  --only PART           ${PARTS.join(' or ')}
  --unpinned            do not pin server and load generator to cores
  --seed N              of the order and the arrival times (default 1)
  --json FILE           write every measurement
  --markdown FILE       write the tables
  --skip-build          measure the dist that is there`;

/** @throws with a message for the user on unknown options and values */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      warmup: { type: 'string' },
      'startup-pairs': { type: 'string' },
      node: { type: 'string', default: '24' },
      servers: { type: 'string' },
      variants: { type: 'string' },
      only: { type: 'string' },
      unpinned: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      markdown: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  const given = { ...(values.quick ? QUICK : FULL), ...values };
  return {
    node: Number(oneOf('--node', values.node, NODE_MAJORS)),
    rounds: positive('--rounds', given.rounds),
    seconds: positive('--seconds', given.seconds),
    warmupSeconds: positive('--warmup', given.warmup),
    startupPairs: positive('--startup-pairs', given['startup-pairs']),
    servers:
      values.servers === undefined
        ? SERVERS.filter((server) => !server.optional).map((server) => server.name)
        : listOf(
            '--servers',
            values.servers,
            SERVERS.map((server) => server.name),
          ),
    variants: values.variants === undefined ? USABLE_NAMES : listOf('--variants', values.variants, VARIANT_NAMES),
    parts:
      values.only === undefined ? PARTS : PARTS.filter((part) => part === oneOf('--only', values.only ?? '', PARTS)),
    seed: positive('--seed', values.seed),
    pinned: !values.unpinned,
    jsonFile: values.json ?? null,
    markdownFile: values.markdown ?? null,
  };
}

/** @returns path of the Node.js of a major version, which is installed where it is missing. @throws where there is none for this platform */
export function nodeOf(major: string): string {
  const node = installNode(Number(major));
  if (node === undefined) throw new Error(`there is no Node.js ${major} for this platform`);
  return node;
}

export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`${option} takes a positive number, got '${text}'`);
  return value;
}

function oneOf(option: string, value: string, known: readonly string[]): string {
  if (!known.includes(value)) throw new Error(`${option} takes one of: ${known.join('; ')}; got '${value}'`);
  return value;
}

function listOf(option: string, text: string, known: readonly string[]): string[] {
  return text.split(',').map((name) => oneOf(option, name.trim(), known));
}

/** @returns those of `all` that a list names, in their own order. */
export function named<Named extends { readonly name: string }>(
  option: string,
  text: string,
  all: readonly Named[],
): Named[] {
  const names = listOf(
    option,
    text,
    all.map(({ name }) => name),
  );
  return all.filter(({ name }) => names.includes(name));
}
