/** hapi 20 and 21: a request looks its route up once, in a method of a class that only the package's own files export. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FrameworkHook } from './contract.ts';
import { guarded, wrapMethod } from './observe.ts';

/** The method of hapi's own routes, which answer for 404, malformed URLs and CORS preflights. */
const SPECIAL = '_special';

interface Request {
  readonly raw: { readonly req: object };
  readonly route: { readonly path: string; readonly method: string };
}

type Lookup = (this: Request) => void;

export const hapiHook: FrameworkHook = {
  name: 'hapi',
  modules: ['@hapi/hapi'],
  patch(_exports, report, { basedir }) {
    if (basedir === undefined) throw new Error('the folder of @hapi/hapi is unknown');
    const Request = createRequire(join(basedir, 'package.json'))('./lib/request.js') as { prototype: object };
    const reportMatch = guarded(({ route, raw }: Request) => {
      if (route.method !== SPECIAL) report(route.path, raw.req);
    });
    wrapMethod(
      Request.prototype,
      '_lookup',
      (original: Lookup) =>
        function lookupWithRoute(this: Request) {
          Reflect.apply(original, this, []);
          reportMatch(this);
        },
    );
  },
};
