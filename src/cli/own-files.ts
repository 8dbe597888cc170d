/** Where this installation's files are: everything built lies in one folder beside the command itself. */

/** What `--import` takes. A URL, so that nothing in it needs quoting in NODE_OPTIONS. */
export const REGISTER_URL: string = new URL('./register.mjs', import.meta.url).href;
/** The page's files. */
export const UI_URL: string = new URL('./ui/', import.meta.url).href;
