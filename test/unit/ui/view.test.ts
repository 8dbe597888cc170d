/** The view in the URL, and names and figures as text. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HEAP_FIGURES } from '../../../src/profile/heap-profile.ts';
import { statsRows } from '../../../src/profile/stats.ts';
import { functionColour } from '../../../ui/model/colours.ts';
import { functionKey } from '../../../ui/model/function-key.ts';
import { REQUEST_SORTS } from '../../../ui/model/request-list.ts';
import { tableTsv } from '../../../ui/model/table-text.ts';
import { countText, middle, nameText } from '../../../ui/model/text.ts';
import { TRANSFORM_KINDS } from '../../../ui/model/transforms.ts';
import { COLOURS, DEFAULT_VIEW, queryOf, TABLE_MODES, TABLE_SORTS, type View, viewOf } from '../../../ui/model/view.ts';
import { parseTree } from '../../helpers/profiles.ts';

const name = fc.string({ minLength: 1, unit: 'grapheme' });
const when = fc.nat(2 ** 31);
const window = fc.oneof(
  fc.constant({ kind: 'all' } as const),
  fc.record({ kind: fc.constant('last' as const), ms: when }),
  fc.record({ kind: fc.constant('between' as const), from: when, to: when }),
);
const view: fc.Arbitrary<View> = fc
  .record({
    tab: fc.constantFrom('overview', 'table', 'tree', 'another'),
    routes: fc.array(name),
    metric: fc.constantFrom('cpu', 'wall', 'wait'),
    window,
    process: fc.option(when),
    run: fc.option(name),
    function: fc.option(name),
    zoom: fc.option(fc.nat(0xffffffff)),
    search: fc.string(),
    sort: fc.constantFrom(...TABLE_SORTS),
    isReversed: fc.boolean(),
    limit: fc.nat(),
    mode: fc.constantFrom(...TABLE_MODES),
    fulldirs: fc.boolean(),
    filename: fc.string(),
    transforms: fc.array(fc.record({ kind: fc.constantFrom(...TRANSFORM_KINDS), function: name })),
    isOwnCode: fc.boolean(),
    isWholeStack: fc.boolean(),
    order: fc.constantFrom('name', 'weight'),
    colour: fc.constantFrom(...COLOURS),
    direction: fc.constantFrom('down', 'up'),
    baseline: fc.option(fc.record({ routes: fc.array(name), window, run: fc.option(name) })),
    capture: fc.option(name),
    heap: fc.constantFrom(...HEAP_FIGURES),
    request: fc.option(name),
    item: fc.option(name),
    requestSort: fc.constantFrom(...REQUEST_SORTS),
    isRequestsReversed: fc.boolean(),
  })
  // A capture is of the process that runs now.
  .map((made) => (made.capture === null ? made : { ...made, run: null }));

test('every view survives its URL', () => {
  fc.assert(fc.property(view, (original) => assert.deepEqual(viewOf(queryOf(original)), structuredClone(original))));
});

test('the default view has no query', () => {
  assert.equal(queryOf(DEFAULT_VIEW), '');
  assert.deepEqual(viewOf(''), DEFAULT_VIEW);
});

test('repoze.profile’s parameters open the table as it would have been printed', () => {
  const { tab, sort, limit, mode, fulldirs, filename } = viewOf(
    '?sort=cumulative&limit=20&mode=callers&fulldirs=1&filename=app',
  );
  assert.deepEqual([tab, sort, limit, mode, fulldirs, filename], ['table', 'cumulative', 20, 'callers', true, 'app']);
});

test('what is not understood is left at its default', () => {
  assert.deepEqual(viewOf('?metric=heat&sort=&zoom=xyz&do=explode:main&process=-1&colour='), {
    ...DEFAULT_VIEW,
    tab: 'table',
  });
});

test('names are text: control and direction characters are written out, long ones cut in the middle', () => {
  assert.equal(nameText({ name: 'a\u202eb\u0000' }), 'a\\u{202e}b\\u{0}');
  assert.equal(nameText({ name: 'x'.repeat(10_000) }).length, 300);
  assert.equal(middle('abcdefgh', 5), 'ab…gh');
});

test('a function’s key tells functions of one name apart', () => {
  const [a, b] = parseTree('f @/a.js:1:1 1\nf @/a.js:1:9 1').functions;
  assert.ok(a && b);
  assert.notEqual(functionKey(a), functionKey(b));
});

test('a package has one hue, wherever it is seen', () => {
  const [first, second] = parseTree('f @/a/node_modules/pg/x.js:1:1 1\ng @/b/node_modules/pg/x.js:9:1 1').functions;
  assert.ok(first && second);
  const hue = (colour: string): string => colour.split(' ')[0] ?? '';
  assert.equal(hue(functionColour(first, 'package', 'light', 0)), hue(functionColour(second, 'package', 'dark', 0)));
});

test('counts have groups of three digits and at most one decimal', () => {
  const counts = [0, 7, 999, 1000, 1234.56, 12_345_678, -1234, 0.04, 99.95].map(countText);
  assert.deepEqual(counts, ['0', '7', '999', '1,000', '1,234.6', '12,345,678', '-1,234', '0', '100']);
});

test('the table as TSV holds no formulas and one line per function', () => {
  const tsv = tableTsv(statsRows(parseTree('=HYPERLINK("x") 1\nplain 2'), 'cpu'));
  assert.equal(tsv.split('\n').length, 4);
  assert.match(tsv, /\t'=HYPERLINK/);
});
