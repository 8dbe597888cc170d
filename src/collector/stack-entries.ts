/** Where the stacks of a tree leave Node.js's own frames, above which there is the event loop, the same for all. */

import { isRouteFunction } from '../profile/by-route.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { isResuming } from '../wait/is-resuming.ts';

/** Of the stack down to one node. */
export interface StackEntry {
  /** Undefined for what is below no route. */
  readonly route: string | undefined;
  /** The node of the first function of the application or a package, 0 while there is none. */
  readonly entry: number;
  /** Whether that one was resumed after an await, or the next would be: what is right above resumes functions, or there is nothing. */
  readonly isResumed: boolean;
}

/** @param recorded a tree with routes on its first level. @returns by node */
export function stackEntries({ nodes, functions }: Profile): readonly StackEntry[] {
  const entries: StackEntry[] = [{ route: undefined, entry: 0, isResumed: false }];
  for (let node = 1; node < nodes.parent.length; node++) {
    const info = functions[nodes.function[node] as number] as FunctionInfo;
    const above = entries[nodes.parent[node] as number] as StackEntry;
    if (isRouteFunction(info)) entries.push({ route: info.name, entry: 0, isResumed: true });
    else if (above.route === undefined || above.entry > 0) entries.push(above);
    else if (info.category === 'app' || info.category === 'package') entries.push({ ...above, entry: node });
    else entries.push({ ...above, isResumed: isResuming(info.name) });
  }
  return entries;
}
