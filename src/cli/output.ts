/** Where commands write: stdout or a file. Whoever reads stdout may go away at any time (`| head`), and that is no failure. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliFailure, messageOf } from './failure.ts';

/** Writes everything to stdout. */
export function writeOutput(content: string | Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.write(content, (error) => (error ? fail(error) : done()));
  });
}

/** Writes a file beside its final name and renames it: whoever reads it sees all or nothing. @throws CliFailure */
export function writeFile(file: string, bytes: Uint8Array): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, bytes);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CliFailure(
      'PROFILER_E_OUTPUT',
      `${file} cannot be written: ${messageOf(error)}. Name another with --output`,
      { cause: error },
    );
  }
}

/** One line on stderr. */
export function note(text: string): void {
  process.stderr.write(`profiler: ${text}\n`);
}

/** Ends the process quietly when the reader of stdout or stderr has gone. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
