/** What lies above own code, folded into one frame: trees before and after. */

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Profile } from '../../../src/profile/profile.ts';
import { inclusiveTotals, sumColumn } from '../../../src/profile/totals.ts';
import { foldLead } from '../../../ui/model/lead-fold.ts';
import { arbitraryProfile, dedent, parseTree } from '../../helpers/profiles.ts';

/** `name samples`, indented by depth, siblings by name. */
function drawFolded(profile: Profile): string {
  const { tree, column } = foldLead(profile, profile.nodes.self.samples);
  const { parent, function: functionOf } = tree.nodes;
  const draw = (above: number, indent: string): string[] =>
    Array.from({ length: column.length }, (_node, at) => at)
      .filter((node) => node > 0 && parent[node] === above)
      .map((node) => ({ node, name: tree.functions[functionOf[node] ?? -1]?.name ?? '' }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ node, name }) => [
        `${indent}${name}${column[node] ? ` ${column[node]}` : ''}`,
        ...draw(node, `${indent}  `),
      ]);
  return draw(0, '').join('\n');
}

const MODULES = '/app/node_modules';

test('frames of Node.js and packages above own code are one frame; what own code calls stays', () => {
  const tree = parseTree(`
    emit @node:events:1:1 1
      listener @node:internal/http:2:1 2
        handle @${MODULES}/express/lib/router.js:3:1 4
          home @/app/server.js:5:1 16
            query @${MODULES}/pg/client.js:6:1 32
              write @node:net:7:1 64
                done @/app/server.js:9:1 128
          send @${MODULES}/express/lib/response.js:8:1 256
    (garbage collector) 512
  `);
  assert.equal(
    drawFolded(tree),
    dedent(`
      (garbage collector) 512
      [frameworks and Node.js] 7
        home 16
          query 32
            write 64
              done 128
        send 256
    `),
  );
});

test('own code that was reached by several ways is one box, with what it calls', () => {
  const tree = parseTree(`
    emit @node:events:1:1
      next @${MODULES}/express/a.js:2:1
        layer @${MODULES}/express/b.js:3:1
          home @/app/server.js:5:1 1
            hash @/app/hash.js:1:1 2
    tick @node:timers:1:1
      home @/app/server.js:5:1 4
        hash @/app/hash.js:1:1 8
          round @/app/hash.js:9:1 16
  `);
  assert.equal(drawFolded(tree), '[frameworks and Node.js]\n  home 5\n    hash 10\n      round 16');
});

test('where all is packages’, what Node.js calls them through is folded', () => {
  const tree = parseTree(`
    emit @node:events:1:1 1
      on @node:internal/a:1:1
        parser @node:_http_server:2:1 2
          handle @${MODULES}/json-server/lib/app.js:3:1 4
            get @${MODULES}/lowdb/lib/get.js:4:1 8
  `);
  assert.equal(drawFolded(tree), '[Node.js] 3\n  handle 4\n    get 8');
});

test('a few frames are left as they are', () => {
  const tree = parseTree('emit @node:events:1:1 1\n  home @/app/server.js:5:1 2');
  assert.equal(drawFolded(tree), 'emit 1\n  home 2');
  assert.equal(foldLead(tree, tree.nodes.self.samples).folded, 0);
});

test('no time is lost, functions keep their indices, a parent comes before its callees', () => {
  fc.assert(
    fc.property(arbitraryProfile(), (profile) => {
      for (const column of [profile.nodes.self.samples, profile.nodes.self.cpuNs]) {
        const { tree, column: own } = foldLead(profile, column);
        assert.ok(Math.abs(sumColumn(own) - sumColumn(column)) <= 1e-6 * Math.max(1, sumColumn(column)));
        assert.deepEqual(tree.functions.slice(0, profile.functions.length), profile.functions);
        const { parent, function: functionOf } = tree.nodes;
        const seen = new Set<string>();
        for (let node = 1; node < parent.length; node++) {
          assert.ok((parent[node] ?? -1) >= 0 && (parent[node] ?? node) < node);
          seen.add(`${parent[node]} ${functionOf[node]}`);
        }
        // Siblings of one function would be boxes that nobody can tell apart.
        const before = new Set(
          Array.from(profile.nodes.parent, (above, node) => `${above} ${profile.nodes.function[node]}`),
        );
        if (before.size === profile.nodes.parent.length) assert.equal(seen.size, parent.length - 1);
        assert.equal(inclusiveTotals(tree.nodes, own).length, parent.length);
      }
    }),
    { numRuns: 200 },
  );
});
