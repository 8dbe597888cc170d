/** h3 2 and 1. Nitro's production builds carry h3 inside their own bundle, where no hook sees it: their routes come from the URL. */

import type { FrameworkHook, ReportRoute } from './contract.ts';
import { watchRouters } from './h3-routers.ts';
import { joinPattern } from './mount-prefix.ts';
import { guarded, wrapMethod } from './observe.ts';

interface Event {
  readonly runtime?: { readonly node?: { readonly req?: object } };
  readonly context: { readonly matchedRoute?: RouteData };
}

interface RouteData {
  readonly route: string;
}

type FindRoute = (this: object, event: Event) => { readonly data: RouteData } | undefined;

export const h3Hook: FrameworkHook = {
  name: 'h3',
  modules: ['h3'],
  patch(exports, report) {
    const { H3 } = exports as { H3?: { prototype: object } };
    if (H3) watchApplications(H3.prototype, report);
    else watchRouters(exports as object, report);
  },
};

function watchApplications(prototype: object, report: ReportRoute): void {
  /** Patterns below which an event was handed to a further application; the event itself keeps only the last route. */
  const prefixes = new WeakMap<Event, string>();
  const reportMatch = guarded((event: Event, { route }: RouteData) => {
    const outer = event.context.matchedRoute;
    const prefix = outer ? nestedPrefix(prefixes.get(event) ?? '', outer.route, route) : '';
    if (prefix !== '') prefixes.set(event, prefix);
    report(joinPattern(prefix, route), event.runtime?.node?.req);
  });
  wrapMethod(
    prototype,
    '~findRoute',
    (original: FindRoute) =>
      function findRouteWithReport(this: object, event) {
        const match = Reflect.apply(original, this, [event]);
        if (match) reportMatch(event, match.data);
        return match;
      },
  );
}

/** @param outer the route whose handler passed the event on: `withBase` has taken what stands before its wildcard off the path. */
function nestedPrefix(prefix: string, outer: string, inner: string): string {
  const base = outer.replace(/\/\*.*$/, '');
  return base === outer || inner.startsWith(`${base}/`) ? prefix : `${prefix}${base}`;
}
