import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ProtobufReader } from '../../../src/export/protobuf-reader.ts';
import { ProtobufWriter } from '../../../src/push/protobuf-writer.ts';

test("the bytes are those of protobuf's own documentation", () => {
  const writer = new ProtobufWriter();
  writer.number(1, 150);
  writer.text(2, 'testing');
  writer.message(3, () => writer.number(1, 150));
  writer.numbers(6, [3, 270, 86942]);
  writer.fixed64(7, 1n);
  assert.equal(
    Buffer.from(writer.bytes()).toString('hex'),
    '089601' + '120774657374696e67' + '1a03089601' + '3206038e029ea705' + '390100000000000000',
  );
});

test('numbers to 2^53, texts and nested messages of any length are read again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.maxSafeNat()),
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.nat(40),
      (numbers, text, depth) => {
        const writer = new ProtobufWriter();
        const nested = (left: number): void => {
          if (left > 0) {
            writer.message(9, () => nested(left - 1));
            return;
          }
          writer.text(1, text);
          writer.numbers(2, numbers);
        };
        nested(depth);
        let reader = new ProtobufReader(writer.bytes());
        for (let left = depth; left > 0; left--) {
          assert.ok(reader.next());
          reader = reader.message();
        }
        const read: number[] = [];
        let readText = '';
        while (reader.next()) {
          if (reader.field === 1) readText = reader.text();
          if (reader.field === 2) reader.numbersInto(read);
        }
        assert.deepEqual([readText, read], [Buffer.from(text).toString(), numbers]);
      },
    ),
  );
});

test('what is no whole number is refused, not written wrongly', () => {
  for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) assert.throws(() => new ProtobufWriter().number(1, value));
});
