/**
 * Makes the store's folders, and makes sure that nobody else could have laid anything into them: ours, closed to others, no symbolic
 * link, below a folder from which nobody else can take them away.
 */

import { dirname } from 'node:path';
import { codeOf, type Files } from './files.ts';

const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
const ROOT_USER = 0;

/** @throws with a reason to be shown: the folder cannot be made, or it cannot be trusted. */
export function claimFolder(files: Files, folder: string): void {
  try {
    files.mkdirSync(folder, { mode: PRIVATE_FOLDER });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const found = files.lstatSync(folder);
  if (found.isSymbolicLink()) throw new Error(`${folder} is a symbolic link`);
  if (!found.isDirectory()) throw new Error(`${folder} is no folder`);
  const user = process.getuid?.();
  if (user === undefined) return;
  if (found.uid !== user) throw new Error(`${folder} belongs to another user`);
  if ((found.mode & OTHERS_WRITE) !== 0) throw new Error(`${folder} can be written by other users`);
  // Made under a umask of others, or by hand: what nobody else could write can be closed.
  if ((found.mode & OTHERS) !== 0) files.chmodSync(folder, PRIVATE_FOLDER);
}

/** Makes the folder that the user named, if it is missing. @throws as `claimFolder` */
export function claimNamedFolder(files: Files, folder: string): void {
  files.mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  checkParent(files, folder);
}

/** @throws where another user could replace what is in a folder. */
export function checkParent(files: Files, folder: string): void {
  // It may be a link, such as /tmp on macOS: of whoever may write where that link lies.
  const found = files.statSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is no folder`);
  const user = process.getuid?.();
  if (user === undefined) return;
  if (found.uid !== user && found.uid !== ROOT_USER) throw new Error(`${folder} belongs to another user`);
  if ((found.mode & OTHERS_WRITE) !== 0 && (found.mode & STICKY) === 0)
    throw new Error(`${folder} can be written by other users`);
  if (files.lstatSync(folder).isSymbolicLink() && dirname(folder) !== folder) checkParent(files, dirname(folder));
}
