/** Reads the TAP that node:test, tap and tape print, subtests included (https://node-tap.org/tap-format/). */

import { OutcomeList, type Outcomes } from './outcome.ts';

const SUBTEST = /^( *)# Subtest: (.*)$/;
const RESULT = /^( *)(not )?ok \d+(?: - (.*))?$/;
const DIRECTIVE = /\s# (skip|todo)\b.*$/i;
/** What tap adds: another one in every run. */
const DURATION = /\s# time=[\d.]+m?s$/;
const INDENT = 4;

/** @returns the tests that contain no others, each named by its path: `outer › inner`. */
export function parseTap(text: string): Outcomes {
  const list = new OutcomeList();
  /** Names of the open subtests by depth. */
  const path: string[] = [];
  /** Depth of the result before: a test above it contained it. */
  let deepest = 0;
  for (const line of text.split('\n')) {
    const subtest = SUBTEST.exec(line);
    if (subtest) {
      const depth = depthOf(subtest[1]);
      path.length = depth;
      path[depth] = subtest[2] ?? '';
      continue;
    }
    const result = RESULT.exec(line);
    if (!result) continue;
    const depth = depthOf(result[1]);
    const description = (result[3] ?? '').replace(DURATION, '');
    const containsOthers = deepest > depth;
    deepest = depth;
    if (containsOthers) continue;
    const directive = DIRECTIVE.exec(description)?.[1]?.toLowerCase();
    const name = [...path.slice(0, depth), description.replace(DIRECTIVE, '')].join(' › ');
    list.add(name, directive === undefined ? (result[2] ? 'fail' : 'pass') : 'skip');
  }
  return list.outcomes;
}

function depthOf(indent = ''): number {
  return Math.floor(indent.length / INDENT);
}
