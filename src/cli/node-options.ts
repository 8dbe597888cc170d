/** The value of NODE_OPTIONS that preloads the agent. */

import { REGISTER_URL } from './own-files.ts';

/**
 * @param given the present value, which stays in front.
 * @param url file URL of the module to preload. As a URL it holds neither spaces, quotes nor backslashes, which Node.js would
 *   split or unescape (https://nodejs.org/api/cli.html#node_optionsoptions).
 */
export function nodeOptionsWithAgent(given: string | undefined, url: string = REGISTER_URL): string {
  const present = given?.trim() ?? '';
  const flag = `--import=${url}`;
  if (present.split(/\s+/).includes(flag)) return present;
  return present === '' ? flag : `${present} ${flag}`;
}
