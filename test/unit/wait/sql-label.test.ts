import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type SqlDialect, sqlLabel } from '../../../src/wait/sql-label.ts';

const BOTH: readonly SqlDialect[] = ['postgresql', 'mysql'];

const CASES: readonly [sql: string, postgresql: string, mysql?: string][] = [
  ['SELECT 1', 'SELECT ?'],
  ["SELECT * FROM users\n  WHERE name = 'O''Brien'", 'SELECT * FROM users WHERE name = ?'],
  ['SELECT * FROM t1 WHERE a = -5.5e-3 AND b = .5 AND c = 0x1F', 'SELECT * FROM t1 WHERE a = -? AND b = ? AND c = ?'],
  ['SELECT * FROM t WHERE id = $1', 'SELECT * FROM t WHERE id = $1', 'SELECT * FROM t WHERE id = $?'],
  ['SELECT * FROM t WHERE id = :id AND x = ?', 'SELECT * FROM t WHERE id = :id AND x = ?'],
  ['SELECT * FROM t WHERE id IN (1, 2,3)', 'SELECT * FROM t WHERE id IN (?)'],
  ['SELECT * FROM t WHERE id in(?,?, ?)', 'SELECT * FROM t WHERE id in(?)'],
  ['SELECT * FROM t WHERE id IN ($1, $2)', 'SELECT * FROM t WHERE id IN ($1)', 'SELECT * FROM t WHERE id IN ($?, $?)'],
  ['INSERT INTO t (a, b) VALUES (1, 2), (3, 4), (5, 6)', 'INSERT INTO t (a, b) VALUES (?)'],
  ['SELECT coalesce(1, 2)', 'SELECT coalesce(?, ?)'],
  ['SELECT 1 -- secret\nFROM t', 'SELECT ? FROM t'],
  ['SELECT /* secret */ 1', 'SELECT ?'],
  ['SELECT "name" FROM "user"', 'SELECT "name" FROM "user"', 'SELECT ? FROM ?'],
  ['SELECT `name` FROM `user`', 'SELECT `name` FROM `user`'],
  ["SELECT X'1F', B'01', N'secret'", 'SELECT ?, ?, ?'],
  ["SELECT E'it\\'s secret', 2", 'SELECT ?, ?', 'SELECT …'],
  ["SELECT U&'\\0041', 2", 'SELECT ?, ?', 'SELECT U&?, ?'],
  ["SELECT _utf8mb4'secret'", 'SELECT ?'],
  ['SELECT $$secret$$, $a$ $$ $a$, 3', 'SELECT ?, ?, ?', 'SELECT $$secret$$, $a$ $$ $a$, ?'],
  ['SELECT a$b$c FROM t', 'SELECT a$b$c FROM t'],
  // Whether a backslash escapes is a setting of the server.
  ["SELECT 'a\\' OR secret '", 'SELECT …'],
  ["SELECT 'a\\\\', secret", 'SELECT ?, secret'],
  // MySQL's comment needs a blank; its `#` begins one.
  ["SELECT 5--'secret\n'", 'SELECT ? …', 'SELECT ?--?'],
  ["SELECT data #> '{a}' FROM t", 'SELECT data #> ? FROM t', 'SELECT data'],
  // PostgreSQL's comments nest; MySQL's may be executed.
  ['SELECT /* /* a */ secret */ 1', 'SELECT ?', 'SELECT secret */ ?'],
  ["SELECT /*!50000 'a */ secret' */ 1", 'SELECT secret…', 'SELECT …'],
  ["SELECT 'unterminated secret", 'SELECT …'],
  ['SELECT $tag$ unterminated secret', 'SELECT …', 'SELECT $tag$ unterminated secret'],
  ['SELECT /* unterminated secret', 'SELECT …'],
  ['', ''],
];

for (const [sql, postgresql, mysql = postgresql] of CASES)
  test(`${JSON.stringify(sql)} has its label`, () => {
    assert.deepEqual([sqlLabel(sql, 'postgresql'), sqlLabel(sql, 'mysql')], [postgresql, mysql]);
  });

test('a huge statement is cut before it is looked at, and a cut literal is dropped', () => {
  const label = sqlLabel(`INSERT INTO t VALUES ('${'SECRET'.repeat(2_000_000)}')`, 'postgresql');
  assert.equal(label, 'INSERT INTO t VALUES (…');
  assert.ok(sqlLabel(`SELECT ${'a, '.repeat(10_000)}`, 'mysql').length <= 251);
});

const word = fc.constantFrom(
  'SELECT',
  'FROM',
  'users',
  'WHERE',
  'id',
  '=',
  'IN',
  '(',
  ')',
  ',',
  '$1',
  '?',
  '*',
  '::text',
  'a1_b',
);
const secret = fc.stringMatching(/^[a-z '"\\$`/*#\n-]{0,8}$/).map((text) => `SECRET${text}SECRET`);
const literals: Readonly<Record<SqlDialect, readonly ((text: string) => string)[]>> = {
  postgresql: [
    (text) => `'${text.replaceAll("'", "''")}'`,
    (text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    (text) => `$q1$${text}$q1$`,
    (text) => `/* ${text.replaceAll(/[/*]/g, '')} */`,
    (text) => `-- ${text.replaceAll('\n', '')}\n`,
  ],
  mysql: [
    (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`,
    (text) => `/* ${text.replaceAll(/[/*]/g, '')} */`,
    (text) => `# ${text.replaceAll('\n', '')}\n`,
  ],
};

for (const dialect of BOTH) {
  const literal = fc.tuple(secret, fc.constantFrom(...literals[dialect])).map(([text, quoted]) => quoted(text));
  test(`${dialect}: no part of a literal or comment is in a label, wherever it stands`, () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, literal), { maxLength: 12 }), (parts) => {
        assert.ok(!sqlLabel(parts.join(' '), dialect).includes('SECRET'));
      }),
      { numRuns: 2000 },
    );
  });

  test(`${dialect}: any text has a label, bounded and without digits of numbers`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(), (text, number) => {
        assert.ok(sqlLabel(text, dialect).length <= 251);
        assert.ok(!sqlLabel(`SELECT ${number}9999`, dialect).includes('9999'));
      }),
      { numRuns: 1000 },
    );
  });
}
