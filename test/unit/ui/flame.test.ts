/** The flame graph's layout, drawn as text, and what of it is visible. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type FlameLayout, type FlameOrder, flameLayout } from '../../../ui/model/flame-layout.ts';
import { spanAt, visibleSpans } from '../../../ui/model/flame-rows.ts';
import { arbitraryProfile, dedent, parseTree } from '../../helpers/profiles.ts';

/** One character per unit: the first letter of the name, and dashes. */
function drawFlame({ rows, profile, start, width }: FlameLayout): string {
  return rows
    .slice(1)
    .map((row) => {
      let line = '';
      for (const node of row) {
        const name = profile.functions[profile.nodes.function[node] ?? -1]?.name ?? '';
        line = line.padEnd(start[node] ?? 0) + name.slice(0, 1).padEnd(width[node] ?? 0, '-');
      }
      return line;
    })
    .join('\n');
}

function flameOf(tree: string, order: FlameOrder): string {
  const profile = parseTree(tree);
  return drawFlame(flameLayout(profile, profile.nodes.self.samples, order));
}

const TREE = `
  a 1
    c 2
    b 1
      e 3
  f 5
`;

test('in the order of names boxes lie where their names put them', () => {
  assert.equal(flameOf(TREE, 'name'), dedent('a------f----\nb---c-\ne--'));
});

test('in the order of weight the heaviest comes first', () => {
  assert.equal(flameOf('a 1\nb 3\n  d 1\n  c 2', 'weight'), 'b-----a\nc-d');
});

test('what the metric does not see has no box', () => {
  const profile = parseTree('a 2\n  wait waits=1\nb 3');
  const { rows } = flameLayout(profile, profile.nodes.self.samples, 'name');
  assert.deepEqual(
    rows.map((row) => row.length),
    [1, 2],
  );
});

test('boxes lie inside their parents, side by side, and each row is sorted', () => {
  fc.assert(
    fc.property(arbitraryProfile(), fc.constantFrom<FlameOrder>('name', 'weight'), (profile, order) => {
      const { rows, start, width } = flameLayout(profile, profile.nodes.self.samples, order);
      for (const row of rows) {
        let end = 0;
        for (const node of row) {
          const parent = profile.nodes.parent[node] ?? -1;
          assert.ok((start[node] ?? 0) >= end - 1e-6);
          end = (start[node] ?? 0) + (width[node] ?? 0);
          if (parent >= 0) assert.ok(end <= (start[parent] ?? 0) + (width[parent] ?? 0) + 1e-6);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('boxes narrower than a pixel are merged, wide ones among them are not', () => {
  const profile = parseTree('a 1\nb 1\nc 1\nd 40\ne 1\nf 1');
  const layout = flameLayout(profile, profile.nodes.self.samples, 'name');
  const row = layout.rows[1] ?? new Int32Array();
  const spans = visibleSpans(layout, row, 0, 45, 4);
  assert.deepEqual(
    spans.map(({ first, end }) => end - first),
    [3, 1, 2],
  );
  assert.equal(spanAt(spans, 44, 4)?.first, 4);
  assert.equal(spanAt(spans, 20, 4)?.first, 3);
});

test('visible spans cover every box of the range once, whatever the zoom', () => {
  fc.assert(
    fc.property(
      arbitraryProfile(),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (profile, part, at) => {
        const layout = flameLayout(profile, profile.nodes.self.samples, 'name');
        const length = layout.total * part;
        const from = (layout.total - length) * at;
        for (const row of layout.rows) {
          const spans = visibleSpans(layout, row, from, from + length, length / 50);
          for (const [index, span] of spans.entries()) {
            assert.ok(span.end > span.first);
            if (index > 0) assert.equal(span.first, spans[index - 1]?.end);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});
