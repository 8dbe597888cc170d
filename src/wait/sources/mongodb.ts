/**
 * MongoDB through mongodb 6 and 7: its one function that executes operations, from the choice of a server on. A label is the command
 * and its collection.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DriverSource } from '../driver.ts';

interface MongoOperation {
  readonly commandName?: unknown;
  /** Of `db.command()`: its first key names the command. */
  readonly command?: unknown;
  readonly ns?: { readonly collection?: unknown };
  /** Of an aggregation: its collection, where it has one. */
  readonly target?: unknown;
}

type Execute = (this: unknown, ...args: unknown[]) => unknown;

const COMMAND = /^[a-z]\w{0,49}$/i;
const RUN_COMMAND = 'runCommand';
/** What commands of a database are sent to. */
const NO_COLLECTION = '$cmd';

export const mongodbSource: DriverSource = {
  name: 'mongodb',
  modules: ['mongodb'],
  packages: new Set(['mongodb', 'mongodb-connection-string-url', 'bson', 'whatwg-url']),
  patch(_exports, seam, { basedir, version }) {
    if (basedir === undefined) throw new Error('the folder of mongodb is unknown');
    // There a batch is an operation that executes operations.
    if (Number.parseInt(version, 10) < 6) throw new Error(`version ${version} is older than 6`);
    const module = createRequire(join(basedir, 'package.json'))('./lib/operations/execute_operation.js') as object;
    seam.patchOnce(module, 'executeOperation', (original: Execute) => {
      const executeWithWait: Execute = function executeWithWait(...args) {
        const operation = seam.isTracing
          ? seam.begin(mongodbSource, executeWithWait, () => labelOf(args[1] as MongoOperation))
          : undefined;
        const result = Reflect.apply(original, this, args);
        return operation ? seam.endingPromise(operation, result) : result;
      };
      return executeWithWait;
    });
  },
};

function labelOf(operation: MongoOperation): string {
  const command = commandOf(operation);
  const { target, ns } = operation;
  const collection = target ?? (ns?.collection === NO_COLLECTION ? '' : ns?.collection);
  return typeof collection === 'string' && collection !== '' ? `${command} ${collection}` : command;
}

function commandOf({ commandName, command }: MongoOperation): string {
  if (typeof commandName === 'string' && commandName !== RUN_COMMAND) return commandName;
  const [key = ''] = typeof command === 'object' && command !== null ? Object.keys(command) : [];
  if (COMMAND.test(key)) return key;
  return typeof commandName === 'string' ? commandName : '(command)';
}
