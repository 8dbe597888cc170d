/** A server and what it needs, for the time of one measurement. */

import { type ServerLaunch, type ServerProcess, startServer } from './server-process.ts';

/** Starts what the server needs and the server, and ends both, whatever `use` does. */
export async function withServer<Result>(
  launch: Omit<ServerLaunch, 'backendUrl'>,
  use: (server: ServerProcess) => Promise<Result>,
): Promise<Result> {
  const prepared = await launch.server.prepare?.();
  try {
    const env = { ...prepared?.env, ...launch.env };
    const server = await startServer({ ...launch, backendUrl: '', env });
    try {
      return await use(server);
    } finally {
      await server.stop();
    }
  } finally {
    await prepared?.end();
  }
}
