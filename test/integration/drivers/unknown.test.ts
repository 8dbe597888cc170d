import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StatusAnswer } from '../../../src/api/types.ts';
import { startServer } from '../../helpers/server.ts';

const SERVER = `
const { query } = require('pg');
const server = require('node:http').createServer((request, response) => response.end(query()));
server.listen(0, '127.0.0.1', () => console.log('PORT ' + server.address().port));
`;

test('a driver of a shape that is not known works as it is, and status says that its waits are not known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profiler-unknown-'));
  const driver = join(folder, 'node_modules/pg');
  await mkdir(driver, { recursive: true });
  await writeFile(join(driver, 'package.json'), '{"name": "pg", "version": "99.0.0"}');
  await writeFile(join(driver, 'index.js'), "exports.query = () => 'asked';");
  await writeFile(join(folder, 'server.cjs'), SERVER);
  const server = await startServer(join(folder, 'server.cjs'));
  try {
    assert.equal(await (await server.get('/')).text(), 'asked');
    const { problems } = (await server.api('status')) as StatusAnswer;
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^waits of pg are not known: it has no /);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

const IMPORTING = `
import { createServer } from 'node:http';
import whole, { request } from 'undici';
const facts = [typeof whole, whole.default, whole.request === request, request.name];
const server = createServer((_request, response) => response.end(JSON.stringify(facts)));
server.listen(0, '127.0.0.1', () => console.log('PORT ' + server.address().port));
`;
const UNDICI = `
exports.default = 'a name of its own';
exports.Dispatcher = class { request() {} stream() {} };
exports.request = async function request() {};
exports.stream = async function stream() {};
exports.fetch = async function fetch() {};
`;

test('who imports a patched module gets the whole and its functions as without the profiler', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profiler-imported-'));
  const driver = join(folder, 'node_modules/undici');
  await mkdir(driver, { recursive: true });
  await writeFile(join(driver, 'package.json'), '{"name": "undici", "version": "8.0.0"}');
  await writeFile(join(driver, 'index.js'), UNDICI);
  await writeFile(join(folder, 'server.mjs'), IMPORTING);
  const answers: string[] = [];
  for (const profiled of [false, true]) {
    const server = await startServer(join(folder, 'server.mjs'), { profiled });
    answers.push(await (await server.get('/')).text());
    if (profiled) assert.deepEqual(((await server.api('status')) as StatusAnswer).problems, []);
    await server.stop();
  }
  assert.deepEqual(answers, [answers[0], answers[0]]);
  assert.match(answers[0] ?? '', /"a name of its own",true,"request"/);
  await rm(folder, { recursive: true, force: true });
});
