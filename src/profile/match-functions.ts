/**
 * Which function of one profile is which of another: the same name and place, or, where the code has moved (another folder, lines
 * inserted above), the same name in a file of the same name.
 */

import { shortFile } from './display-name.ts';
import { placeKey } from './place-key.ts';
import type { FunctionInfo } from './profile.ts';

export interface MatchedFunctions {
  /** One per pair, as the later side has it where both have it. */
  readonly infos: readonly FunctionInfo[];
  /** Per function of the earlier side, its index in `infos`. */
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/**
 * Several of one name in one file are paired in the order of their places if both sides have as many. If not, nobody can tell which one
 * is new, and they are one row: a wrong pair would be a change that nobody made.
 */
export function matchFunctions(before: readonly FunctionInfo[], after: readonly FunctionInfo[]): MatchedFunctions {
  const infos: FunctionInfo[] = [];
  const sides = { before: new Int32Array(before.length).fill(-1), after: new Int32Array(after.length).fill(-1) };
  const add = (info: FunctionInfo, old: readonly number[], now: readonly number[]): void => {
    const row = infos.push(info) - 1;
    for (const index of old) sides.before[index] = row;
    for (const index of now) sides.after[index] = row;
  };

  const byPlace = new Map(before.map((info, index) => [placeKey(info), index]));
  for (const [index, info] of after.entries()) {
    const same = byPlace.get(placeKey(info));
    if (same === undefined || sides.before[same] !== -1) continue;
    add(info, [same], [index]);
  }

  const groups = new Map<string, { readonly old: number[]; readonly now: number[] }>();
  const collect = (infosOfSide: readonly FunctionInfo[], rows: Int32Array, side: 'old' | 'now'): void => {
    for (const [index, info] of infosOfSide.entries()) {
      if (rows[index] !== -1) continue;
      const key = `${shortFile(info.file)}\n${info.name}`;
      const group = groups.get(key) ?? { old: [], now: [] };
      groups.set(key, group);
      group[side].push(index);
    }
  };
  collect(before, sides.before, 'old');
  collect(after, sides.after, 'now');
  for (const { old, now } of groups.values()) {
    const [firstOld, firstNow] = [before[old[0] ?? -1], after[now[0] ?? -1]];
    if (old.length === now.length) {
      const [oldOrder, nowOrder] = [inOrder(old, before), inOrder(now, after)];
      for (const [at, index] of nowOrder.entries()) {
        const info = after[index];
        if (info) add(info, oldOrder.slice(at, at + 1), [index]);
      }
    } else if (firstOld && firstNow) {
      add(firstNow, old, now);
    } else {
      for (const index of old) add(before[index] as FunctionInfo, [index], []);
      for (const index of now) add(after[index] as FunctionInfo, [], [index]);
    }
  }
  return { infos, ...sides };
}

function inOrder(indexes: readonly number[], infos: readonly FunctionInfo[]): number[] {
  return [...indexes].sort((a, b) => {
    const [one, other] = [infos[a], infos[b]];
    if (!one || !other) return 0;
    if (one.file !== other.file) return one.file < other.file ? -1 : 1;
    return one.line - other.line || one.column - other.column;
  });
}
