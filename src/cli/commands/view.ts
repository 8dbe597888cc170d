/** `profiler view`: the page on saved profiles, without the server that they are of. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import { AccessRules } from '../../api/access.ts';
import { readAssets } from '../../api/assets.ts';
import { Gate } from '../../api/gate.ts';
import { handleApiRequest } from '../../api/handle.ts';
import { serveApi } from '../../api/serve.ts';
import { loadOptions } from '../../config/load.ts';
import { CliFailure, messageOf } from '../failure.ts';
import { writeOutput } from '../output.ts';
import { UI_URL } from '../own-files.ts';
import { TOKEN_FLAG, tokenOf } from '../profile-flags.ts';
import { readSaved } from '../read-saved.ts';
import { savedBackend } from '../saved-backend.ts';

const HOST = '127.0.0.1';
const PATH = '/view';
const MAX_PORT = 65_535;
const HELP = `
Several profiles are several routes of one page: select, compare (Diff) or sum them. Files are read once, at the start, and nothing but
what is in them is served; only this machine sees the page.

Examples:
  profiler view profile.pb.gz
  profiler view before.pb.gz after.pb.gz
  profiler view rounds/ --port 8080`;

interface ViewFlags {
  readonly port: number;
  readonly token?: string;
}

export function addViewCommand(program: Command): void {
  program
    .command('view')
    .description('open the page on saved profiles')
    .argument(
      '<file|folder|url...>',
      'pprof files, .cpuprofile files, folders of them, folders of runs (profiler runs), or URLs of running servers',
    )
    .option('--port <n>', 'where to listen on 127.0.0.1 (default: any free port)', port, 0)
    .option(...TOKEN_FLAG)
    .addHelpText('after', HELP)
    .action(view);
}

async function view(from: string[], flags: ViewFlags): Promise<void> {
  const profiles = await readSaved(from, tokenOf(flags.token));
  const { options } = loadOptions({ env: {}, cwd: process.cwd(), readFile: noFile });
  const backend = savedBackend(profiles, readAssets(fileURLToPath(UI_URL)), { ...options, path: PATH });
  // As the agent's own: loopback peers that name this machine and speak for themselves.
  const gate = new Gate({ path: PATH, token: undefined, rules: new AccessRules('local', undefined) });
  const server = createServer((request, response) => {
    if (request.url === '/') {
      response.writeHead(302, { location: `${PATH}/`, connection: 'close' }).end();
      return;
    }
    serveApi((ask, signal) => handleApiRequest(ask, backend, signal), gate, request, response).catch(() =>
      response.destroy(),
    );
  });
  const address = await listening(server, flags.port);
  await writeOutput(`http://${HOST}:${address.port}${PATH}/\n`);
}

function listening(server: Server, wanted: number): Promise<AddressInfo> {
  return new Promise((done, fail) => {
    server.once('error', (error) => {
      const advice = `port ${wanted} cannot be used: ${messageOf(error)}. Leave --port out for any free one`;
      fail(new CliFailure('PROFILER_E_USAGE', advice, { cause: error }));
    });
    server.listen(wanted, HOST, () => done(server.address() as AddressInfo));
  });
}

/** The page's options are the defaults, whatever lies in the working folder. */
function noFile(): never {
  throw Object.assign(new Error('no file'), { code: 'ENOENT' });
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > MAX_PORT) throw new InvalidArgumentError('Give a port such as 8080.');
  return Number(text);
}
