/** Whatever step of whatever file operation fails: nothing is thrown at the host, nothing is lost for good, and the status says so. */

import assert from 'node:assert/strict';
import fs, { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { factsOf } from '../../../bench/store/stores.ts';
import type { Store } from '../../../src/store/contract.ts';
import type { Files } from '../../../src/store/files.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { samplesIn } from '../collector/trees.ts';
import { secondOf } from './slices-of.ts';
import { slowRequest } from './slow-request.ts';

const root = mkdtempSync(join(tmpdir(), 'profiler-faults-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

const RETENTION = { ageMs: 7 * 86_400_000, bytes: 1 << 28 };
const START = Date.now() - 60_000;

/** The real operations, of which some fail. */
class FaultyFiles {
  /** Calls so far. */
  calls = 0;
  readonly files: Files;

  /** @param fails the error's code for a call, null to let it through. */
  constructor(fails: (operation: string, call: number, path: unknown) => string | null) {
    this.files = new Proxy(fs as Files, {
      get: (target, name: keyof Files) => {
        const operation = target[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]): unknown => {
          // What the system says of processes is no file of ours.
          const code = String(args[0]).startsWith('/proc') ? null : fails(name, this.calls++, args[0]);
          if (code === null) return operation(...args);
          // A full disk takes a part; a failing close has closed all the same.
          if (name === 'closeSync') operation(...args);
          throw Object.assign(new Error(`${code}: made to fail, ${name}`), { code });
        };
      },
    });
  }
}

function open(base: string, files?: Files): Store {
  const options = { dataDir: base, retention: RETENTION, intervalMs: 10 };
  const facts = { ...factsOf('faults'), newRun: `run-${folders++}` };
  return openStore({ options, facts, temporaryDirectory: '/nowhere', ...(files ? { files } : {}) });
}

/** A short life: three slices, a look at them. @returns how many samples the store shows. */
async function live(store: Store): Promise<number> {
  for (let at = 0; at < 3; at++) store.append(secondOf(START + at * 1000, 1));
  await store.gather();
  store.runs();
  store.revision();
  return samplesIn((await store.query()).tree);
}

async function callsOfOneLife(): Promise<number> {
  const counting = new FaultyFiles(() => null);
  const store = open(newFolder(), counting.files);
  assert.equal(await live(store), 3);
  store.end(false);
  return counting.calls;
}

for (const code of ['ENOSPC', 'EIO', 'EROFS', 'EMFILE'])
  test(`${code} once, at every step in turn: all three slices are there afterwards`, async () => {
    const steps = await callsOfOneLife();
    assert.ok(steps > 30);
    for (let step = 0; step < steps; step++) {
      const base = newFolder();
      const faulty = new FaultyFiles((_operation, call) => (call === step ? code : null));
      const store = open(base, faulty.files);
      await live(store);
      // The next rotation brings what the failed one could not.
      store.append(secondOf(START + 3000, 1));
      assert.equal(samplesIn((await store.query()).tree), 4, `step ${step}`);
      store.end(false);
      // Another process opens it, and sees whole files only.
      const later = open(base);
      assert.deepEqual(later.problems, [], `step ${step}`);
      const kept = store.folder === null ? 0 : 4;
      assert.equal(samplesIn((await later.query({ run: store.run })).tree), kept, `step ${step}`);
      later.end(false);
    }
  });

for (const code of ['ENOSPC', 'EIO', 'EROFS', 'EMFILE'])
  test(`${code} for good, from every step on: the process shows what it has, and says what is wrong`, async () => {
    const steps = await callsOfOneLife();
    for (let step = 0; step < steps; step++) {
      const base = newFolder();
      const faulty = new FaultyFiles((_operation, call) => (call >= step ? code : null));
      const store = open(base, faulty.files);
      await live(store);
      store.append(secondOf(START + 3000, 1));
      assert.match(store.problems.join('; '), new RegExp(code), `step ${step}`);
      store.end(false);
      open(base).end(false);
    }
  });

test('a disk that is full for a while: what was recorded meanwhile is written when there is room', async () => {
  const base = newFolder();
  let isFull = false;
  const faulty = new FaultyFiles((operation) => (isFull && operation === 'writeSync' ? 'ENOSPC' : null));
  const store = open(base, faulty.files);
  store.append(secondOf(START, 1));
  isFull = true;
  for (let at = 1; at < 50; at++) store.append(secondOf(START + at * 1000, 1));
  assert.equal(samplesIn((await store.query()).tree), 50);
  assert.match(store.problems.join(), /^recordings cannot be written, and are kept in memory meanwhile: ENOSPC/);
  isFull = false;
  store.append(secondOf(START + 50_000, 1));
  assert.deepEqual(store.problems, []);
  assert.equal(samplesIn((await store.query()).tree), 51);
  const later = open(base);
  assert.equal(samplesIn((await later.query({ run: store.run })).tree), 51);
  assert.deepEqual(
    readdirSync(store.folder ?? '').filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('damaged files are left out and said, and never deleted', async () => {
  const base = newFolder();
  const store = open(base);
  for (let at = 0; at < 3; at++) store.append(secondOf(START + at * 1000, 1));
  const folder = store.folder ?? '';
  const [first = '', second = ''] = readdirSync(folder).filter((name) => name.endsWith('.pb.gz'));
  fs.writeFileSync(join(folder, first), 'not a segment');
  fs.truncateSync(join(folder, second), 20);
  for (const name of ['notes.txt', 'p1_0_0-0_0-0_0.pb.gz', `${first}.bak`]) fs.writeFileSync(join(folder, name), 'x');
  const later = open(base);
  assert.equal(samplesIn((await later.query({ run: store.run })).tree), 1);
  assert.match(later.problems.join(), /^2 damaged files are left out of the profile: /);
  assert.equal(
    readdirSync(folder).filter((name) => [first, second, 'notes.txt', `${first}.bak`].includes(name)).length,
    4,
  );
});

test('a symbolic link or a folder of others in the place of ours is refused', () => {
  const target = newFolder();
  fs.mkdirSync(target);
  const temporary = newFolder();
  fs.mkdirSync(temporary);
  fs.symlinkSync(target, join(temporary, `profiler-${process.getuid?.() ?? 'data'}`));
  const refused = openStore({
    options: { retention: RETENTION, intervalMs: 10 },
    facts: factsOf('linked'),
    temporaryDirectory: temporary,
  });
  assert.equal(refused.folder, null);
  assert.match(refused.problems.join(), /^recordings are kept in memory only: .* is a symbolic link$/);
  assert.deepEqual(readdirSync(target), []);
});

test('a folder that other users can write is refused', { skip: process.platform === 'win32' }, () => {
  const temporary = newFolder();
  const own = join(temporary, `profiler-${process.getuid?.()}`);
  fs.mkdirSync(own, { recursive: true });
  fs.chmodSync(own, 0o777);
  const refused = openStore({
    options: { retention: RETENTION, intervalMs: 10 },
    facts: factsOf('open'),
    temporaryDirectory: temporary,
  });
  assert.match(refused.problems.join(), /can be written by other users$/);
});

test('the folder of another user is refused', {
  skip: process.getuid?.() !== 0 && 'only root can give folders away',
}, () => {
  const temporary = newFolder();
  const own = join(temporary, 'profiler-0');
  fs.mkdirSync(own, { recursive: true });
  fs.chownSync(own, 65_534, 65_534);
  const refused = openStore({
    options: { retention: RETENTION, intervalMs: 10 },
    facts: factsOf('foreign'),
    temporaryDirectory: temporary,
  });
  assert.match(refused.problems.join(), /belongs to another user$/);
});

test('the default folder is closed to others', () => {
  const temporary = newFolder();
  fs.mkdirSync(temporary);
  const store = openStore({
    options: { retention: RETENTION, intervalMs: 10 },
    facts: factsOf('closed'),
    temporaryDirectory: temporary,
  });
  for (let path = store.folder ?? ''; path !== temporary; path = join(path, '..'))
    assert.equal(fs.statSync(path).mode & 0o777, 0o700, path);
});

test('slow requests: whatever step fails, the next rotation brings them, and others see whole files only', async () => {
  const kept = [slowRequest('1-1', 600, START)];
  const idle = { look: async () => undefined, clear: async () => undefined };
  const lifeOf = (base: string, files: Files): Store => {
    const store = open(base, files);
    store.start({ ...idle, slow: { changes: 1, all: () => kept } });
    store.append(secondOf(START, 1));
    return store;
  };
  const counting = new FaultyFiles(() => null);
  lifeOf(newFolder(), counting.files).end(false);
  assert.ok(counting.calls > 20);
  for (let step = 0; step < counting.calls; step++) {
    const base = newFolder();
    const faulty = new FaultyFiles((_operation, call) => (call === step ? 'ENOSPC' : null));
    const store = lifeOf(base, faulty.files);
    store.append(secondOf(START + 1000, 1));
    assert.deepEqual(await store.requests({}), kept, `step ${step}`);
    store.end(false);
    const later = open(base);
    assert.deepEqual(await later.requests({ run: store.run }), store.folder === null ? [] : kept, `step ${step}`);
    assert.deepEqual(await later.requests({ run: store.run, from: START + 700 }), []);
    later.end(false);
  }
});

test('damaged slow requests are left out, and said', async () => {
  const base = newFolder();
  const store = open(base);
  const kept = [slowRequest('1-1', 600, START)];
  store.start({ look: async () => undefined, clear: async () => undefined, slow: { changes: 1, all: () => kept } });
  store.append(secondOf(START, 1));
  store.end(false);
  const [file] = readdirSync(store.folder ?? '').filter((name) => name.endsWith('.requests.json.gz'));
  fs.writeFileSync(join(store.folder ?? '', file ?? ''), 'nothing of ours');
  const later = open(base);
  assert.deepEqual(await later.requests({ run: store.run }), []);
  assert.match(later.problems.join(), /1 damaged files of slow requests .*requests\.json\.gz/);
  assert.equal(samplesIn((await later.query({ run: store.run })).tree), 1);
  later.end(false);
});
