/** The value of NODE_OPTIONS. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nodeOptionsWithAgent } from '../../../src/cli/node-options.ts';

const URL_WITH_SPACES = pathToFileURL('/opt/my "best" apps\\/register.mjs').href;

test('what is there already stays in front', () => {
  assert.equal(nodeOptionsWithAgent(undefined, 'file:///r.mjs'), '--import=file:///r.mjs');
  assert.equal(nodeOptionsWithAgent(' --inspect ', 'file:///r.mjs'), '--inspect --import=file:///r.mjs');
});

test('the agent is not added twice', () => {
  const once = nodeOptionsWithAgent('--inspect', 'file:///r.mjs');
  assert.equal(nodeOptionsWithAgent(once, 'file:///r.mjs'), once);
});

test("a URL holds nothing that Node.js's own splitting of NODE_OPTIONS would touch", () => {
  assert.doesNotMatch(nodeOptionsWithAgent(undefined, URL_WITH_SPACES), /[\s"\\]/);
});
