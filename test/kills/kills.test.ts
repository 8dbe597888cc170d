/** `npm run test:kills`: the long form of test/integration/store-harm.test.ts. */

import { test } from 'node:test';
import { killAtRandom } from '../helpers/kill-at-random.ts';

test('100 times kill -9 at random moments: the store opens each time and has all but the last rotation', () =>
  killAtRandom(100));
