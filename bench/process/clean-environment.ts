/** The environment that measured processes start from. */

const OF_AGENTS = /^(NODE_OPTIONS|NODE_V8_COVERAGE|PROFILER_|DD_|OTEL_|FLAME_|PYROSCOPE_)/;

/**
 * This process's environment without anything that configures Node.js or an agent.
 * @param directory becomes the temp dir, so that whatever an agent writes is deleted with it
 */
export function cleanEnvironment(directory: string): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([key]) => !OF_AGENTS.test(key));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production', TMPDIR: directory };
}
