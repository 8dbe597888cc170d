/** `--require profiler/register`. */

import { preload } from '../src/preload.ts';

preload(__dirname);
