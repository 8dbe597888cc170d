/**
 * Finds the run that a process belongs to, or begins one. Nothing is handed down in the environment, which is the host's: processes are
 * related by who started them (docs/adr/0014-store.md).
 *
 *     BASE/anchors/KEY.N        {app, run}: processes that know KEY belong to that run; the highest N counts
 *     BASE/APP/RUN/             a run (run-folder.ts)
 *
 * An anchor appears complete or not at all, and once: of processes that start at the same time one wins, and the others join it.
 */

import { createHash } from 'node:crypto';
import { basename, relative } from 'node:path';
import { type Files, namesIn, readRecord, writeFirst } from './files.ts';
import { claimFolder } from './folder.ts';
import { ancestorsOf, identityKey, identityOf, type ProcessIdentity } from './process-identity.ts';
import { RunFolder } from './run-folder.ts';
import { recordName, writerName } from './segment-name.ts';
import type { Starter } from './starter.ts';

export const ANCHORS = 'anchors';
const MAX_TRIES = 20;
/** Of a path: no separators, no dots in front. */
const PART = /^[\w-][\w.-]{0,100}$/;

export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  readonly thread: number;
  readonly title: string;
  /** Of the agent in this process, milliseconds since the epoch. */
  readonly startedAt: number;
  /** The folder the program was started in. */
  readonly directory: string;
  /** Its main file, '' where there is none. */
  readonly script: string;
  readonly starter: Starter;
  /** Id of the run that this process begins unless it belongs to another. */
  readonly newRun: string;
}

export interface LocatedRun {
  readonly id: string;
  /** Name of the app's folder. */
  readonly app: string;
  readonly folder: RunFolder;
  readonly writer: string;
  readonly identity: ProcessIdentity;
}

export interface Anchor {
  readonly app: string;
  readonly run: string;
}

interface Claim {
  readonly key: string;
  /** Whether the run counts only while one of its processes lives. */
  readonly whileAlive: boolean;
}

/** @param base a folder that was claimed. @throws what the system says */
export function locateRun(files: Files, base: string, facts: ProcessFacts): LocatedRun {
  claimFolder(files, `${base}/${ANCHORS}`);
  const identity = identityOf(files, facts.pid);
  const ancestors = ancestorsOf(files, facts.parentPid);
  const writer = writerName(facts.pid, facts.startedAt, facts.thread);
  // Another thread of this process, then whoever started it, however many shells are between.
  const claims: Claim[] = [identity, ...ancestors].map((each) => ({
    key: hash(identityKey(each)),
    whileAlive: each.started === '',
  }));
  const own = claims.slice(0, 1);
  const group = groupOf(facts, ancestors[0] ?? identity);
  if (group) claims.push(group);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const names = namesIn(files, `${base}/${ANCHORS}`);
    const found = claims.map((claim) => findAnchor(files, base, names, claim)).find((anchor) => anchor !== null);
    const anchor = found ?? { app: appName(facts), run: facts.newRun };
    claimFolder(files, `${base}/${anchor.app}`);
    const folder = new RunFolder(files, `${base}/${anchor.app}/${anchor.run}`);
    const located = { id: anchor.run, app: anchor.app, folder, writer, identity };
    enterRun(located, facts);
    // For those that it starts, and, if the run is new, before them for its siblings: whoever is late there must not have invited anybody.
    const published = found || !group ? own : [group, ...own];
    if (published.every((claim) => publish(files, base, names, writer, anchor, claim))) return located;
    folder.remove([recordName(writer)]);
    folder.removeIfEmpty();
  }
  throw new Error(`the run could not be found in ${base}`);
}

/** Makes a run's folder unless it is there, and says in it who this process is. @throws what the system says */
export function enterRun({ id, folder, writer, identity }: LocatedRun, facts: ProcessFacts): void {
  const { thread, title, startedAt } = facts;
  folder.create({ id, app: appTitle(facts), startedAt }, writer);
  folder.join(writer, { identity, thread, title, startedAt });
}

/** What siblings share; null for a program that was started on its own. */
function groupOf({ starter, directory }: ProcessFacts, parent: ProcessIdentity): Claim | null {
  const key = identityKey(parent);
  switch (starter.kind) {
    case 'cluster':
      // One run for as long as the primary lives.
      return { key: hash(`cluster ${key}`), whileAlive: parent.started === '' };
    case 'pm2':
      return { key: hash(`pm2 ${key} ${starter.name}`), whileAlive: true };
    case 'fork':
      // While one lives: what restarts a server when a file changes forks it as well.
      return { key: hash(`fork ${key} ${directory}`), whileAlive: true };
    case 'none':
      return null;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** @param names of all anchors. */
function findAnchor(files: Files, base: string, names: readonly string[], { key, whileAlive }: Claim): Anchor | null {
  const latest = latestOf(names, key);
  if (latest < 0) return null;
  const anchor = readAnchor(files, `${base}/${ANCHORS}/${key}.${latest}`);
  if (!anchor) return null;
  const folder = new RunFolder(files, `${base}/${anchor.app}/${anchor.run}`);
  if (folder.run() === null) return null;
  return !whileAlive || folder.list().records.some((writer) => folder.isAlive(writer)) ? anchor : null;
}

export function isAnchorName(name: string): boolean {
  return /^[0-9a-f]{24}\.\d{1,9}$/.test(name);
}

/** @returns null for any other file. */
export function readAnchor(files: Files, file: string): Anchor | null {
  const { app, run } = readRecord(files, file) ?? {};
  // They become parts of a path.
  return typeof app === 'string' && typeof run === 'string' && PART.test(app) && PART.test(run) ? { app, run } : null;
}

function latestOf(names: readonly string[], key: string): number {
  return names.reduce((latest, name) => {
    const number = name.startsWith(`${key}.`) ? name.slice(key.length + 1) : '';
    return /^\d{1,9}$/.test(number) ? Math.max(latest, Number(number)) : latest;
  }, -1);
}

/** @returns false when somebody else was faster. */
function publish(
  files: Files,
  base: string,
  names: readonly string[],
  writer: string,
  anchor: Anchor,
  claim: Claim,
): boolean {
  if (findAnchor(files, base, names, claim)?.run === anchor.run) return true;
  const name = `${claim.key}.${latestOf(names, claim.key) + 1}`;
  return writeFirst(files, `${base}/${ANCHORS}`, name, JSON.stringify(anchor), writer);
}

/** The folder of an app: the same for the same program started in the same folder. */
function appName({ directory, script }: ProcessFacts): string {
  const readable = basename(directory)
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 32);
  return `${readable || 'app'}-${hash(`${directory}\0${script}`).slice(0, 12)}`;
}

/** What people know it by. */
export function appTitle({ directory, script }: ProcessFacts): string {
  const below = relative(directory, script);
  return script === '' ? basename(directory) : below.startsWith('..') ? script : below;
}
