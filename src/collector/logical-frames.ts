/** One sample's stack as the trees show it: without Node.js's event loop above it, and below the callers that await it. */

import type { FunctionInfo } from '../profile/profile.ts';
import { isResuming } from '../wait/is-resuming.ts';
import { ASYNC_FUNCTION } from './async-function.ts';
import type { Stitcher } from './stitcher.ts';

/** @param frames outermost first. */
export function logicalFrames(
  frames: readonly FunctionInfo[],
  route: string,
  stitcher: Stitcher,
): readonly FunctionInfo[] {
  const at = frames.findIndex(({ category }) => category === 'app' || category === 'package');
  const first = frames[at];
  // Nothing but Node.js itself.
  if (!first) return frames;
  const own = frames.slice(at);
  const above = frames[at - 1];
  const isResumed = above === undefined || isResuming(above.name);
  const paths = stitcher.callersOf(route, first, isResumed);
  const [only] = paths ?? [];
  if (only && paths?.length === 1) return [...only.callers, ...own];
  return isResumed || paths ? [ASYNC_FUNCTION, ...own] : own;
}
