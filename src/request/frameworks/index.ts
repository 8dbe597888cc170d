/** The list of frameworks whose route patterns are known. */

import type { FrameworkHook } from './contract.ts';
import { expressHook } from './express.ts';

export const frameworks: readonly FrameworkHook[] = [expressHook];
