/** Runs a program of a suite, without the agent or with it, and collects what it prints. */

import { spawn } from 'node:child_process';

/** One of the two ways to run a suite. */
export interface Arm {
  readonly node: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Finished {
  /** Null when a signal or the timeout ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param agent URL of the agent's register.mjs, or null to run without it. */
export function armOf(node: string, environment: NodeJS.ProcessEnv, agent: string | null): Arm {
  const env: NodeJS.ProcessEnv = { ...environment, FORCE_COLOR: '0', NO_COLOR: '1' };
  // FORCE_COLOR beside NO_COLOR makes Node.js warn, which some suites would see.
  delete env['FORCE_COLOR'];
  for (const name of Object.keys(env)) if (/^(npm_|NODE_|PROFILER_)/.test(name)) delete env[name];
  if (agent !== null) Object.assign(env, { NODE_OPTIONS: `--import ${agent}`, PROFILER_QUIET: 'true' });
  return { node, env };
}

/** Runs `node args` in a folder until it ends. A suite that hangs is killed with everything it started. */
export function runNode(arm: Arm, args: readonly string[], cwd: string, timeoutMs: number): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(arm.node, args, { cwd, env: arm.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = setTimeout(() => child.pid !== undefined && killGroup(child.pid), timeoutMs);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      // Tests leave children behind that keep the pipes open.
      if (child.pid !== undefined) killGroup(child.pid);
      setImmediate(resolve, { code, stdout, stderr });
    });
  });
}

/** The group is the one that `detached` made for the child. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
