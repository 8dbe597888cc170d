/** Query: parameters as the endpoints may rely on them. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { InvalidParameter, Query } from '../../../src/api/query.ts';

const invalid =
  (message: RegExp) =>
  (error: unknown): boolean =>
    error instanceof InvalidParameter && message.test(error.message);

test('an unknown parameter is an error that names it and those that are known', () => {
  assert.throws(
    () => new Query('sotr=time', ['sort', 'limit']),
    invalid(/^unknown parameter "sotr"; known are sort, limit$/),
  );
  assert.throws(() => new Query('x', []), invalid(/known are none/));
  assert.throws(() => new Query('__proto__=1', ['sort']), invalid(/"__proto__"/));
});

test('a long value is an error, and messages stay short', () => {
  assert.throws(
    () => new Query(`sort=${'x'.repeat(3000)}`, ['sort']),
    invalid(/^sort is longer than 2048 characters$/),
  );
  assert.throws(
    () => new Query(`${'x'.repeat(3000)}=1`, ['sort']),
    (error: Error) => error.message.length < 200,
  );
});

test('an empty value is none', () => {
  const query = new Query('sort=&limit=', ['sort', 'limit']);
  assert.equal(query.text('sort'), undefined);
  assert.equal(query.number('limit', 1, 10), undefined);
  assert.equal(query.oneOf('sort', ['time', 'calls'], 'time'), 'time');
});

test('a parameter may be repeated where that means something', () => {
  assert.deepEqual(new Query('route=a&route=&route=b', ['route']).texts('route'), ['a', 'b']);
  assert.equal(new Query('sort=a&sort=b', ['sort']).text('sort'), 'a');
});

test('numbers are decimal and within their bounds', () => {
  const number = (text: string): number | undefined => new Query(`n=${text}`, ['n']).number('n', 1, 100);
  assert.equal(number('1'), 1);
  assert.equal(number('99.5'), 99.5);
  assert.equal(number('007'), 7);
  for (const text of [
    '0',
    '101',
    '-1',
    '1e1',
    '0x10',
    'NaN',
    'Infinity',
    '1,5',
    '%2B1',
    '1%20',
    'ten',
    '1..2',
    '.5',
    '٣',
  ])
    assert.throws(() => number(text), invalid(/^n=.* is not a number from 1 to 100$/), text);
});

test('a choice is one of its values', () => {
  const choose = (text: string): string => new Query(`sort=${text}`, ['sort']).oneOf('sort', ['time', 'calls'], 'time');
  assert.equal(choose('calls'), 'calls');
  for (const text of ['Time', 'times', 'constructor', '%00'])
    assert.throws(() => choose(text), invalid(/is not one of time, calls/));
});

test('the metric is CPU time unless something else is asked for', () => {
  assert.equal(new Query('', ['metric']).metric(), 'cpu');
  assert.equal(new Query('metric=wall', ['metric']).metric(), 'wall');
  assert.throws(() => new Query('metric=heap', ['metric']).metric(), invalid(/not one of cpu, wall, wait/));
});

test('property: any query is read or refused, never anything else', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes)),
        fc.stringMatching(/^(?:(?:n|sort|x)=[\w.%+-]{0,8}&?){0,4}$/),
      ),
      (text) => {
        try {
          const query = new Query(text, ['n', 'sort']);
          const number = query.number('n', 0, 10);
          assert.ok(number === undefined || (number >= 0 && number <= 10));
        } catch (error) {
          assert.ok(error instanceof InvalidParameter);
        }
      },
    ),
  );
});
