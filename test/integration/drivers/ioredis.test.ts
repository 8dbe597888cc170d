import { redis } from '../../helpers/databases.ts';
import { driverSuite, type ExpectedWait } from '../../helpers/driver-suite.ts';

const { skip } = await redis.availability();

const wait = (command: string, caller: string, count = 1, leastMs = 0): ExpectedWait => ({
  label: `ioredis ${command}`,
  caller,
  count,
  leastMs,
});
const kinds = {
  command: [wait('SET', 'command'), wait('GET', 'command')],
  slowCommand: [wait('BLPOP', 'slowCommand', 1, 1000)],
  callback: [wait('BLPOP', 'callback', 1, 1000)],
  rawCommand: [wait('PING', 'rawCommand')],
  multi: [wait('MULTI', 'multi')],
  multiByOne: [wait('MULTI', 'multiByOne'), wait('SET', 'multiByOne'), wait('EXEC', 'multiByOne')],
  pipeline: [wait('pipeline', 'pipeline')],
  parallel: [wait('GET', 'parallel', 3)],
  commandError: [wait('SET', 'commandError'), wait('INCR', 'commandError')],
  // Once with the connection that it makes first.
  coldCommand: [wait('GET', 'coldCommand')],
};

for (const { name, fixture } of [
  { name: 'ioredis 6', fixture: 'drivers-latest' },
  { name: 'ioredis 5', fixture: 'drivers-previous' },
  { name: 'ioredis 4', fixture: 'drivers-oldest' },
])
  driverSuite({
    name,
    fixture,
    file: 'ioredis',
    skip,
    start: redis.start,
    kinds,
    endless: { kind: 'endless', label: 'ioredis BLPOP' },
    unhandled: [/UNHANDLED ERR unknown command/],
  });
