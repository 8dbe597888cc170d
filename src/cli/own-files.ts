/** Where this installation's files are; everything built lies in one folder beside the command itself. */

import { fileURLToPath } from 'node:url';

/** What `--import` takes: a URL, in which no character needs quoting in NODE_OPTIONS. */
export const REGISTER_URL: string = new URL('./register.mjs', import.meta.url).href;

/** What `--require` takes. */
export const REGISTER_FILE: string = fileURLToPath(new URL('./register.cjs', import.meta.url));
