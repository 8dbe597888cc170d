/** Names come from the profiled program and may be anything: no text format lets them out of their place. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { exporters } from '../../../src/export/index.ts';
import { renderPstats, STATS_MODES } from '../../../src/export/pstats-text.ts';
import { CallTreeBuilder, ROOT } from '../../../src/profile/call-tree-builder.ts';
import { printable } from '../../../src/profile/printable.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { METADATA, WILD_NAMES } from '../../helpers/profiles.ts';

const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function profileOf(name: string): Profile {
  const builder = new CallTreeBuilder();
  const info = { name, file: `/app/${name}.js`, line: 1, column: 1, category: 'package', package: name } as const;
  builder.addSelf(builder.child(ROOT, builder.addFunction(info)), { samples: 1, cpuNs: 5000, wallNs: 5000 });
  return builder.build({ ...METADATA, routes: [name] });
}

const TAME = profileOf('tame');
const textFormats = exporters.filter(({ contentType }) => contentType.startsWith('text/'));

for (const { format, encode } of textFormats) {
  test(`${format}: odd names add no line and no control character`, () => {
    const linesOf = (profile: Profile): string[] =>
      Buffer.from(encode(profile, { metric: 'cpu' }))
        .toString('utf8')
        .split('\n');
    for (const name of WILD_NAMES) {
      const lines = linesOf(profileOf(name));
      assert.equal(lines.length, linesOf(TAME).length, JSON.stringify(name));
      for (const line of lines) assert.doesNotMatch(line, HARMFUL);
    }
  });
}

test('callers and callees keep odd names on their lines as well', () => {
  for (const mode of STATS_MODES) {
    for (const name of WILD_NAMES) {
      const text = renderPstats(profileOf(name), { sort: 'time', mode, fulldirs: true, metric: 'cpu', filename: name });
      for (const line of text.split('\n')) assert.doesNotMatch(line, HARMFUL);
    }
  }
});

test('JSON formats escape odd names so that they come back', () => {
  for (const { format, encode } of exporters.filter(({ contentType }) => contentType === 'application/json')) {
    for (const name of WILD_NAMES.filter((each) => !each.includes('\ud800'))) {
      const text = Buffer.from(encode(profileOf(name), { metric: 'cpu' })).toString('utf8');
      const document = JSON.parse(text);
      const names =
        format === 'speedscope'
          ? document.shared.frames
          : document.nodes.map((node: { callFrame: object }) => node.callFrame);
      assert.ok(
        names.some((frame: { name?: string; functionName?: string }) => (frame.name ?? frame.functionName) === name),
      );
    }
  }
});

test('markdown keeps a name inside its code span and its table cell', () => {
  const markdown = textFormats.find(({ format }) => format === 'markdown');
  assert.ok(markdown);
  const text = Buffer.from(markdown.encode(profileOf('a``b|c\\|<img src=x>`'), { metric: 'cpu' })).toString('utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| 5.00 us'));
  assert.equal(rows.length, 2);
  for (const row of rows) {
    assert.equal(row.split('|').length, 8);
    assert.match(row, /``` a``b\\u\{7c\}c\\\\u\{7c\}<img src=x>` ```/);
  }
});

test('a folded stack keeps a semicolon inside a frame', () => {
  const collapsed = textFormats.find(({ format }) => format === 'collapsed');
  const text = Buffer.from(collapsed?.encode(profileOf('a;b'), { metric: 'cpu' }) ?? []).toString('utf8');
  assert.equal(text, 'a\\u{3b}b (/app/a\\u{3b}b.js:1:1) 5\n');
});

test('printable leaves ordinary text of any script alone', () => {
  for (const text of ['handle', 'größe', '取得', '🚀', 'a b', 'Foo.<computed>', '[Symbol.iterator]'])
    assert.equal(printable(text), text);
});
