/** Last words: what the collector says to a thread that waits. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awaitLastWords, makeLastWords, sayLastWords } from '../../../src/collector/last-words.ts';

test('they are awaited, and heard as they were said', () => {
  for (const text of ['', 'größer: voll']) {
    const words = makeLastWords();
    assert.equal(awaitLastWords(words, 0), undefined);
    sayLastWords(words, text);
    assert.equal(awaitLastWords(words, 0), text);
  }
});

test('long ones are cut', () => {
  const words = makeLastWords();
  sayLastWords(words, 'x'.repeat(5000));
  assert.equal(awaitLastWords(words, 0), 'x'.repeat(1000));
});
