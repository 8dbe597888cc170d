/** Arithmetic of stretches of time. */

interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** @returns how long at least one of `stretches` runs and none of `covers`. */
export function uncoveredMs(stretches: readonly Stretch[], covers: readonly Stretch[]): number {
  const edges = [...stretches.flatMap(edgesOf('stretch')), ...covers.flatMap(edgesOf('cover'))].sort(
    (a, b) => a.atMs - b.atMs,
  );
  const running = { stretch: 0, cover: 0 };
  let lastMs = 0;
  let sumMs = 0;
  for (const { atMs, kind, step } of edges) {
    if (running.stretch > 0 && running.cover === 0) sumMs += atMs - lastMs;
    lastMs = atMs;
    running[kind] += step;
  }
  return sumMs;
}

function edgesOf(kind: 'stretch' | 'cover') {
  return ({ startMs, endMs }: Stretch): { atMs: number; kind: 'stretch' | 'cover'; step: number }[] =>
    endMs > startMs
      ? [
          { atMs: startMs, kind, step: 1 },
          { atMs: endMs, kind, step: -1 },
        ]
      : [];
}
