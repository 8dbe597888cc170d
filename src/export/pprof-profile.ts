/** Turns the bytes of a pprof file, not gzipped any more, into a profile. Pure, so that the page reads files as well. */

import { routeFunction } from '../profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../profile/call-tree-builder.ts';
import type { FunctionInfo, Profile } from '../profile/profile.ts';
import { COMMENT_KEYS, ROUTE_LABEL } from './pprof-labels.ts';
import { type PprofMessage, parsePprof } from './pprof-message.ts';
import { fromPprofNames } from './pprof-names.ts';
import { sampleReaderOf } from './pprof-sample-types.ts';

const NS_PER_MS = 1_000_000;
const MAX_NODES = 1_000_000;
/** Frames walked in all. A small file can ask for any number of them by repeating locations with many inlined functions. */
const MAX_FRAMES = 100_000_000;
const MAX_INLINED = 1000;

/**
 * @param keepRoutes whether samples with a route's label go below a pseudo function of that route (profile/by-route.ts).
 * @throws on bytes that are no pprof profile, or one without time
 */
export function parsePprofProfile(bytes: Uint8Array, keepRoutes = false): Profile {
  return profileOf(parsePprof(bytes), keepRoutes);
}

function profileOf(message: PprofMessage, keepRoutes: boolean): Profile {
  const readFigures = sampleReaderOf(message);
  const builder = new CallTreeBuilder({ maxNodes: MAX_NODES, maxFunctions: MAX_NODES });
  const functionsOf = functionsByLocation(message, builder);
  const routes = new Set<string>();
  let frames = 0;
  message.forEachSample((locations, values, labels) => {
    const route = labels.find(({ key, text }) => key === ROUTE_LABEL && text !== '')?.text;
    if (route !== undefined) routes.add(route);
    let node =
      route !== undefined && keepRoutes ? builder.child(ROOT, builder.addFunction(routeFunction(route))) : ROOT;
    // The innermost location comes first, and so does the innermost of a location's inlined functions.
    for (let index = locations.length - 1; index >= 0; index--) {
      const functions = functionsOf.get(locations[index] ?? 0);
      if (functions === undefined)
        throw new Error(`a sample refers to location ${locations[index]}, which is not there`);
      frames += functions.length;
      for (const functionIndex of functions) node = builder.child(node, functionIndex);
    }
    if (frames > MAX_FRAMES) throw new Error(`more than ${MAX_FRAMES} frames`);
    builder.addSelf(node, readFigures(values));
  });

  const comment = (key: string): string[] =>
    message.comments.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length));
  const from = message.timeNanos / NS_PER_MS;
  for (const route of comment(COMMENT_KEYS.route)) routes.add(route);
  return builder.build({
    run: comment(COMMENT_KEYS.run)[0] ?? '',
    window: { from, to: from + message.durationNanos / NS_PER_MS },
    routes: [...routes].sort(),
    requests: Number(comment(COMMENT_KEYS.requests)[0]) || 0,
    intervalMs: message.period / NS_PER_MS,
  });
}

/** Per location the functions that run there, outermost first, as indexes of the builder. */
function functionsByLocation(message: PprofMessage, builder: CallTreeBuilder): Map<number, readonly number[]> {
  const byLocation = new Map<number, readonly number[]>();
  for (const { id, address, lines } of message.locations) {
    if (lines.length > MAX_INLINED) throw new Error(`location ${id} has more than ${MAX_INLINED} inlined functions`);
    const infos = lines.map(({ functionId, line, column }): FunctionInfo => {
      const found = message.functions.get(functionId);
      if (found === undefined) throw new Error(`location ${id} refers to function ${functionId}, which is not there`);
      const place = { file: found.file, line: found.startLine || Math.max(line, 0), column: Math.max(column, 0) };
      return fromPprofNames(found.name, found.systemName, place);
    });
    // Unsymbolized code has an address and nothing else.
    if (infos.length === 0)
      infos.push(fromPprofNames(`0x${address.toString(16)}`, '', { file: '', line: 0, column: 0 }));
    byLocation.set(id, infos.map((info) => builder.addFunction(info)).reverse());
  }
  return byLocation;
}
