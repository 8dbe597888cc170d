/** Finds the key that somebody meant: `intervalMs`, `log-file` and `acess` are mistakes with an obvious answer. */

const MAX_DISTANCE = 3;
const MAX_KEY_CHARS = 40;

/** @returns null when nothing is near enough to be worth suggesting. */
export function nearestKey(written: string, keys: readonly string[]): string | null {
  const wanted = squeeze(written);
  if (wanted.length < 3 || wanted.length > MAX_KEY_CHARS) return null;
  const extended = keys.find((key) => squeeze(key).startsWith(wanted));
  if (extended !== undefined) return extended;

  let nearest: string | null = null;
  let best = Math.min(MAX_DISTANCE, Math.floor(wanted.length / 2)) + 1;
  for (const key of keys) {
    const distance = editDistance(wanted, squeeze(key));
    if (distance < best) [nearest, best] = [key, distance];
  }
  return nearest;
}

function squeeze(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 1; index <= from.length; index += 1) {
    const next = [index];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (from[index - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
