/** What a Redis command is called: its name, and nothing of its keys and values. */

const COMMAND = /^[a-z][\w.|-]{0,39}$/i;

/** @param name as the application gives it: text or bytes. */
export function redisLabel(name: unknown): string {
  const text = typeof name === 'string' || Buffer.isBuffer(name) ? String(name.slice(0, 50)) : '';
  return COMMAND.test(text) ? text.toUpperCase() : '(command)';
}
