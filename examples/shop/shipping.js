/** Shipping. PLANTED: every quote asks another server over HTTP. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

let carrierUrl;

/** Starts the server to ask: someone else's, so it runs in a process of its own and is not profiled. */
export async function startCarrier() {
  const carrier = fork(fileURLToPath(new URL('./carrier.js', import.meta.url)), { execArgv: [] });
  const [{ port }] = await once(carrier, 'message');
  carrierUrl = `http://127.0.0.1:${port}`;
}

export async function quoteShipping({ id, price }) {
  const response = await fetch(`${carrierUrl}/quotes?value=${price}`);
  const { euros } = await response.json();
  return { id, shipping: euros };
}
