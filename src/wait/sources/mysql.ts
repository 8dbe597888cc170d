/** MySQL and MariaDB through mysql 2, the driver that mysql2 descends from. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DriverSource } from '../driver.ts';
import { MysqlWaits } from '../mysql-waits.ts';

const QUERIES = ['query'];

export const mysqlSource: DriverSource = {
  name: 'mysql',
  modules: ['mysql'],
  packages: new Set(['mysql', 'sqlstring']),
  patch(_exports, seam, { basedir }) {
    if (basedir === undefined) throw new Error('the folder of mysql is unknown');
    const waits = new MysqlWaits(mysqlSource, seam);
    const load = createRequire(join(basedir, 'package.json'));
    waits.patchConnection((load('./lib/Connection.js') as { prototype?: object }).prototype, QUERIES);
    waits.patchPool((load('./lib/Pool.js') as { prototype?: object }).prototype, QUERIES);
  },
};
