import { redis } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';

const { skip } = await redis.availability();

const wait = (command: string, caller: string, count = 1, leastMs = 0): ExpectedWait => ({
  label: `redis ${command}`,
  caller,
  count,
  leastMs,
});
const kinds = {
  command: [wait('SET', 'command'), wait('GET', 'command')],
  slowCommand: [wait('BLPOP', 'slowCommand', 1, 50)],
  rawCommand: [wait('BLPOP', 'rawCommand', 1, 50)],
  multi: [wait('MULTI', 'multi')],
  parallel: [wait('GET', 'parallel', 3)],
  commandError: [wait('SET', 'commandError'), wait('INCR', 'commandError')],
  script: [wait('EVAL', 'script', 1, 20)],
};
const pipeline = [wait('pipeline', 'pipeline')];

for (const { name, fixture, more } of [
  { name: 'redis 6', fixture: 'drivers-latest', more: { pipeline } },
  { name: 'redis 5', fixture: 'drivers-previous', more: { pipeline } },
  { name: 'redis 4', fixture: 'drivers-oldest', more: {} },
])
  driverSuite({
    name,
    fixture,
    file: 'redis',
    skip,
    start: redis.start,
    kinds: { ...kinds, ...more },
    endless: { kind: 'endless', label: 'redis BLPOP' },
    unhandled: [/UNHANDLED ERR unknown command/],
  });
