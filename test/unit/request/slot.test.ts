/** RequestSlot.slotAt: whose a sample is that was taken in a slot's context. */

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CLOCK_SLACK_MICROS,
  Exchange,
  ignoredSlot,
  profilerSlot,
  RequestSlot,
  TAIL_MICROS,
} from '../../../src/request/slot.ts';
import { SLOT_IGNORED, SLOT_NONE, SLOT_PROFILER } from '../../../src/sample/segment.ts';

const SECOND = 1_000_000;
const START = 1000 * SECOND;

/** A slot whose requests took the given seconds after START; the last may be open. */
function slotOf(...requests: readonly (readonly [start: number, end?: number])[]): RequestSlot {
  const slot = new RequestSlot(7);
  for (const [start, end] of requests) {
    slot.begin(START + start * SECOND, new Exchange('GET', '/'));
    if (end !== undefined) slot.end(START + end * SECOND);
  }
  return slot;
}

const at = (seconds: number): number => START + seconds * SECOND;

test('a sample during an open request is the request’s', () => {
  assert.equal(slotOf([0]).slotAt(at(0)), 7);
  assert.equal(slotOf([0]).slotAt(at(3600)), 7);
});

test('what a request left behind is its own for a second', () => {
  const slot = slotOf([0, 1]);
  assert.equal(slot.slotAt(at(0.5)), 7);
  assert.equal(slot.slotAt(at(1) + TAIL_MICROS), 7);
  assert.equal(slot.outlived, false);
});

test('after that it is nobody’s, and the slot is retired', () => {
  const slot = slotOf([0, 1]);
  assert.equal(slot.slotAt(at(1) + TAIL_MICROS + 1), SLOT_NONE);
  assert.equal(slot.outlived, true);
});

test('a sample from before the current request is judged by the one before it', () => {
  const slot = slotOf([0, 1], [10]);
  assert.equal(slot.slotAt(at(1.5)), 7);
  assert.equal(slot.outlived, false);
  assert.equal(slot.slotAt(at(5)), SLOT_NONE);
  assert.equal(slot.outlived, true);
});

test('a sample that seems a little older than its request, because clocks differ, is still the request’s', () => {
  const slot = slotOf([0, 1], [10]);
  assert.equal(slot.slotAt(at(10) - CLOCK_SLACK_MICROS), 7);
  assert.equal(slot.outlived, false);
});

test('a fresh slot takes samples of its first request whatever the clock says', () => {
  assert.equal(slotOf([10]).slotAt(at(0)), 7);
});

test('a slot is open from begin to end', () => {
  assert.equal(new RequestSlot(0).isOpen, false);
  assert.equal(slotOf([0]).isOpen, true);
  assert.equal(slotOf([0, 1]).isOpen, false);
  assert.equal(slotOf([0, 1], [2]).isOpen, true);
});

test('an ended request leaves nothing to the slot', () => {
  const slot = slotOf([0]);
  const response = {};
  slot.begin(at(2), new Exchange('POST', '/new', response));
  assert.deepEqual([slot.owns(response), slot.exchange.url], [true, '/new']);
  slot.end(at(3));
  slot.disown();
  assert.deepEqual([slot.owns(response), slot.exchange.url], [false, '']);
});

test('the slots of ignored requests and of the profiler itself are never retired and never open', () => {
  for (const [slot, id] of [
    [ignoredSlot(), SLOT_IGNORED],
    [profilerSlot(), SLOT_PROFILER],
  ] as const) {
    assert.equal(slot.slotAt(at(0)), id);
    assert.equal(slot.isOpen, false);
    assert.equal(slot.outlived, false);
  }
});
