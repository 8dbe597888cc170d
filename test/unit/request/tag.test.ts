/** Tags: on the host's objects, and out of the host's sight. */

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import { inspect } from 'node:util';
import { Exchange, ignoredSlot, RequestSlot } from '../../../src/request/slot.ts';
import { setSlot, slotOf, stampSlot } from '../../../src/request/tag.ts';

/** Owns whatever it is tagged on. */
const SLOT = ignoredSlot();

/** A slot with an open request that `object` is part of. */
function slotWith(object: object, id: number): RequestSlot {
  const slot = new RequestSlot(id);
  slot.begin(1, new Exchange('GET', '/', object));
  return slot;
}

test('an object keeps its slot while the slot owns it', () => {
  const object = {};
  assert.equal(slotOf(object), undefined);
  const slot = slotWith(object, 7);
  setSlot(object, slot);
  assert.equal(slotOf(object), slot);
  const other = slotWith(object, 8);
  setSlot(object, other);
  assert.equal(slotOf(object), other);
  other.disown();
  assert.equal(slotOf(object), undefined);
  slotWith({}, 8);
  assert.equal(slotOf(object), undefined);
});

test('an object is stamped once', () => {
  const object = {};
  const slot = slotWith(object, 7);
  assert.equal(stampSlot(object, slot), true);
  assert.equal(stampSlot(object, slotWith(object, 8)), false);
  assert.equal(slotOf(object), slot);
  slot.disown();
  assert.equal(stampSlot(object, slot), false);
});

test('requests, emitters, functions, frozen and null-prototype objects can be tagged', () => {
  const objects = [
    new IncomingMessage(new Socket()),
    new EventEmitter(),
    () => {},
    Object.freeze({}),
    Object.preventExtensions({}),
    Object.create(null) as object,
    new Proxy({}, {}),
  ];
  for (const object of objects) {
    setSlot(object, SLOT);
    assert.equal(slotOf(object), SLOT);
  }
});

test('the host does not see it', () => {
  const plain = { a: 1, nested: { b: 2 } };
  const tagged = { a: 1, nested: { b: 2 } };
  setSlot(tagged, SLOT);
  const views: readonly ((object: object) => unknown)[] = [
    JSON.stringify,
    (object) => inspect(object, { showHidden: true, depth: null }),
    Object.keys,
    Object.getOwnPropertyNames,
    Object.getOwnPropertySymbols,
    Object.getOwnPropertyDescriptors,
    Reflect.ownKeys,
    (object) => {
      const names: string[] = [];
      for (const name in object) names.push(name);
      return names;
    },
    Object.getPrototypeOf,
    (object) => ({ ...object }),
    structuredClone,
  ];
  for (const view of views) assert.deepEqual(view(tagged), view(plain));
  assert.deepStrictEqual(tagged, plain);
});

test('copies do not have it', () => {
  const tagged = { a: 1 };
  setSlot(tagged, SLOT);
  for (const copy of [structuredClone(tagged), { ...tagged }, Object.create(tagged) as object, new Proxy(tagged, {})])
    assert.equal(slotOf(copy), undefined);
});

test('a proxy with traps is not asked anything', () => {
  const refuse = (): never => assert.fail('a trap was called');
  const proxy = new Proxy({}, { get: refuse, set: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
  setSlot(proxy, SLOT);
  assert.equal(slotOf(proxy), SLOT);
});
