/** `--import profiler/register`: loads the CommonJS twin, so that both ways share one copy and one state. */

import { createRequire } from 'node:module';

createRequire(import.meta.url)('./register.cjs');
