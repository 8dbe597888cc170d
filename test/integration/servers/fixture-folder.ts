/** The folder test/fixtures/servers with its packages installed. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installFixture } from '../../helpers/install-fixture.ts';

/** @returns the absolute path of a file of the folder: an application, or one inside a package. */
export async function fixtureFile(path: string): Promise<string> {
  return join(await installFixture('servers'), path);
}

/** Loads a package of the folder. */
export async function fixtureModule<Module>(name: string): Promise<Module> {
  return createRequire(await fixtureFile('package.json'))(name) as Module;
}
