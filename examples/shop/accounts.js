/** Accounts. PLANTED: passwords are hashed on the JavaScript thread, where everybody waits. */

import { scryptSync, timingSafeEqual } from 'node:crypto';

const SALT = 'the same for every shop, for this is an example';
const known = new Map([['ada', hashPassword('engine')]]);

export function checkPassword(name, password) {
  const hash = hashPassword(String(password));
  const expected = known.get(name);
  return expected !== undefined && timingSafeEqual(hash, expected);
}

function hashPassword(password) {
  return scryptSync(password, SALT, 32, { N: 2048 });
}
