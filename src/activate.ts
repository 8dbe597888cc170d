/** Should this process be profiled at all? Asked before anything is hooked; a no costs nothing more. */

import { basename } from 'node:path';
import { readEnvironment } from './config/environment.ts';

/** Package managers inherit NODE_OPTIONS in `npm start` and start the server as a child of their own. */
const PACKAGE_MANAGERS = /^(?:npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack)(?:-cli)?(?:\.[cm]?js)?$/;

export function mayProfile(): boolean {
  if (/^(?:0|false|no|off)$/i.test(readEnvironment()['PROFILER_ENABLED']?.trim() ?? '')) return false;
  return !PACKAGE_MANAGERS.test(basename(process.argv[1] ?? ''));
}
