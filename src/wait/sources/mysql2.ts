/** MySQL and MariaDB through mysql2 2 and 3: promises are a layer above the callbacks. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DriverSeam, DriverSource } from '../driver.ts';
import { MysqlWaits } from '../mysql-waits.ts';

const QUERIES = ['query', 'execute'];

/** By seam: a pool of one copy uses connections of the same. */
const followed = new WeakMap<DriverSeam, MysqlWaits>();

export const mysql2Source: DriverSource = {
  name: 'mysql2',
  modules: ['mysql2', 'mysql2/promise'],
  packages: new Set(['mysql2', 'lru.min', 'sqlstring', 'sql-escaper', 'named-placeholders', 'generate-function']),
  patch(_exports, seam, { basedir }) {
    if (basedir === undefined) throw new Error('the folder of mysql2 is unknown');
    const waits = followed.get(seam) ?? new MysqlWaits(mysql2Source, seam);
    followed.set(seam, waits);
    // mysql2/promise exports neither.
    const load = createRequire(join(basedir, 'package.json'));
    waits.patchConnection((load('./lib/connection.js') as { prototype?: object }).prototype, QUERIES);
    waits.patchPool((load('./lib/pool.js') as { prototype?: object }).prototype, QUERIES);
  },
};
