/** MySQL and MariaDB through mysql 2, the driver that mysql2 descends from. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DriverSource } from '../driver.ts';
import { MysqlWaits } from '../mysql-waits.ts';

const QUERIES = ['query'];

/** Its files require the package itself, and so come back here before they have loaded. */
let isLoading = false;

export const mysqlSource: DriverSource = {
  name: 'mysql',
  modules: ['mysql'],
  packages: new Set(['mysql', 'sqlstring']),
  patch(_exports, seam, { basedir }) {
    if (isLoading) return;
    if (basedir === undefined) throw new Error('the folder of mysql is unknown');
    const load = createRequire(join(basedir, 'package.json'));
    const waits = new MysqlWaits(mysqlSource, seam);
    isLoading = true;
    try {
      waits.patchConnection((load('./lib/Connection.js') as { prototype?: object }).prototype, QUERIES);
      waits.patchPool((load('./lib/Pool.js') as { prototype?: object }).prototype, QUERIES);
    } finally {
      isLoading = false;
    }
  },
};
