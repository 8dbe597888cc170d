/** Parser of the extra address of the UI. */

import { resolve } from 'node:path';
import type { ListenAddress, ParseContext } from '../options.ts';

const DEFAULT_HOST = '127.0.0.1';

/**
 * `localhost:9000`, `[::1]:9000`, `9000` (on 127.0.0.1), `/run/x.sock`, `./x.sock`, `unix:x.sock` or a Windows pipe.
 * `:9000` is refused: elsewhere it means every interface, and nobody should open the UI to the network by leaving something out.
 */
export function parseListen(text: string, { cwd }: ParseContext): ListenAddress | undefined {
  if (/[\0\r\n]/.test(text)) return undefined;
  if (/^\\\\[.?]\\pipe\\./.test(text)) return { socketPath: text };
  const socketPath = /^(?:unix:|(?=\.{0,2}\/))(.+)$/.exec(text)?.[1];
  if (socketPath !== undefined) return { socketPath: resolve(cwd, socketPath) };

  const match = /^(?:(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9][\w.-]{0,252})):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? DEFAULT_HOST, port };
}
