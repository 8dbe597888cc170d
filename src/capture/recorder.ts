/** What a kind of capture is: it switches something on in V8, and later turns what V8 says into a result. */

import type { CaptureResult } from '../api/types.ts';
import type { SymbolizedFunction } from '../collector/symbolizer.ts';
import type { AsyncCalls } from './async-calls.ts';
import type { MainThreadSession } from './main-thread-session.ts';

/** Functions as V8 names them, one entry per function in each column. */
export interface RawFunctions {
  readonly name: readonly string[];
  readonly file: readonly string[];
  readonly line: Int32Array<ArrayBuffer>;
  readonly column: Int32Array<ArrayBuffer>;
}

/** What a recorder may ask of the collector. */
export interface CaptureContext {
  symbolize(functions: RawFunctions): Promise<readonly SymbolizedFunction[]>;
  /** The source-mapped line of a line of a file, the line itself where there is no map. */
  originalLine(file: string, line: number): Promise<number>;
  /** Ends the host's own count of async calls; null where there is none. */
  asyncCalls(): Promise<AsyncCalls | null>;
}

export interface Recorder {
  start(session: MainThreadSession): Promise<void>;
  /** Half of the time has passed. */
  half?(session: MainThreadSession): Promise<void>;
  /** Takes what was recorded and switches everything off; what costs the host nothing comes after that. */
  finish(session: MainThreadSession, context: CaptureContext): Promise<CaptureResult>;
}
