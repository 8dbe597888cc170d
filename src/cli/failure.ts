/** How a command fails: one line with a code, what is wrong and what to do; a stack trace only with PROFILER_DEBUG. */

import { CommanderError } from 'commander';
import { printable } from '../profile/printable.ts';

export const CLI_FAILURE_CODES = [
  /** A command, option or argument that does not exist, or a value that is not accepted. */
  'PROFILER_E_USAGE',
  /** The script to run is not there. */
  'PROFILER_E_SCRIPT',
  /** The program to run is not there or cannot be started. */
  'PROFILER_E_SPAWN',
  /** The profile's file cannot be read. */
  'PROFILER_E_FILE',
  /** The file can be read and is no profile. */
  'PROFILER_E_PROFILE',
  /** Nothing answers at the URL. */
  'PROFILER_E_UNREACHABLE',
  /** Something answers at the URL, and it is no profiler that we may see. */
  'PROFILER_E_NO_PROFILER',
  /** The profiler at the URL gave no usable answer. */
  'PROFILER_E_ANSWER',
  /** A capture was cancelled by somebody else, or failed. */
  'PROFILER_E_CAPTURE',
  /** The output cannot be written. */
  'PROFILER_E_OUTPUT',
  /** A fault of our own. */
  'PROFILER_E_INTERNAL',
] as const;

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  /** One of ours, or what the server's API said. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface Ending {
  readonly exitCode: number;
  /** For stderr, with its line feed; '' where everything has been said. */
  readonly text: string;
}

export interface EndingContext {
  /** Whether to add the stack trace. */
  readonly debug: boolean;
  /** What to type for help: `profiler stats --help`. */
  readonly help: string;
}

export function endingOf(error: unknown, { debug, help }: EndingContext): Ending {
  if (error instanceof CommanderError) {
    // Help and version are thrown as well; help that nobody asked for is a missing command.
    if (error.exitCode === 0) return { exitCode: 0, text: '' };
    if (error.code === 'commander.help') return { exitCode: EXIT_USAGE, text: '' };
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.*$/, '');
    return { exitCode: EXIT_USAGE, text: lineOf('PROFILER_E_USAGE', `${message}. See ${help}`, error, debug) };
  }
  if (error instanceof CliFailure) {
    const exitCode = error.code === 'PROFILER_E_USAGE' ? EXIT_USAGE : EXIT_FAILURE;
    return { exitCode, text: lineOf(error.code, error.message, error, debug) };
  }
  const message = `${messageOf(error)}. This is a fault of the profiler's: please report it, with the output under PROFILER_DEBUG=true`;
  return { exitCode: EXIT_FAILURE, text: lineOf('PROFILER_E_INTERNAL', message, error, debug) };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lineOf(code: string, message: string, error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `${error.stack ?? ''}\n` : '';
  return `profiler: ${printable(`${code}: ${message.trim()}`)}\n${stack}`;
}
