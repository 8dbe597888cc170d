import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { optionsMarkdown } from '../../src/config/options-markdown.ts';
import { exporters } from '../../src/export/index.ts';
import { frameworks } from '../../src/request/frameworks/index.ts';
import { drivers } from '../../src/wait/sources/drivers.ts';
import { waitSources } from '../../src/wait/sources/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

test("README's configuration table is the options table", () => {
  const [, table] = /<!-- options: [^>]*-->\n([\s\S]*?)<!-- \/options -->/.exec(read('README.md')) ?? [];
  assert.equal(table, optionsMarkdown());
});

test('README names every framework that has a hook', () => {
  const readme = read('README.md').toLowerCase();
  assert.deepEqual(
    frameworks.map(({ name }) => name).filter((name) => !readme.includes(name.toLowerCase())),
    [],
  );
});

test('README and CHANGELOG name every source of waits', () => {
  for (const text of ['README.md', 'CHANGELOG.md'].map(read))
    assert.deepEqual(
      drivers.filter(({ name }) => !text.includes(name)).map(({ name }) => name),
      [],
    );
  const readme = read('README.md');
  assert.deepEqual(
    waitSources.filter(({ name }) => !readme.includes(name.replace('Node.js core', "Node.js's core"))),
    [],
  );
});

test('docs/api.md names every export format and every error code of the API', () => {
  const api = read('docs/api.md');
  assert.deepEqual(
    exporters.map(({ format }) => format).filter((format) => !api.includes(format)),
    [],
  );
  const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:api|host)[\\/].*\.ts$/.test(file))
    .map((file) => read(`src/${file}`));
  const codes = new Set(sources.flatMap((source) => source.match(/PROFILER_E_[A-Z]+/g) ?? []));
  assert.deepEqual(
    [...codes].filter((code) => !api.includes(code)),
    [],
  );
});

test('every relative link of the documentation leads to a file', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .map(([, target]) => new URL(target ?? '', `file://${root}${page}`))
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target.pathname}`),
  );
  assert.deepEqual(broken, []);
});
