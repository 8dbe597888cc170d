/** What an endpoint is, and what it may ask of the collector. A new endpoint is one file and one line in index.ts. */

import type { Captures } from '../../capture/captures.ts';
import type { SourceText } from '../../collector/source-texts.ts';
import type { Options } from '../../config/options.ts';
import type { RequestTimeline } from '../../profile/kept-request.ts';
import type { RunSummary, Selection, Slice } from '../../store/contract.ts';
import type { Assets } from '../assets.ts';
import type { ApiRequest, ApiResponse, MemoryAnswer, StatusAnswer } from '../types.ts';

/** What has to be in an answer: all but the last fifth of a second, or all, for which it may wait as long. */
export type RefreshUntil = 'lately' | 'now';

export interface Backend {
  readonly options: Options;
  readonly run: string;
  readonly captures: Pick<Captures, 'list' | 'find' | 'start' | 'cancel' | 'ended'>;
  /** Files of the page. */
  readonly assets: Assets;
  /** Takes what has been recorded of what is selected: by this process, and by the run's others, as far as they have stored it. */
  refresh(selection?: Selection, until?: RefreshUntil): Promise<void>;
  /** What is in use on the heap; null where that is not sampled. */
  memory(): Promise<MemoryAnswer | null>;
  query(selection?: Selection): Promise<Slice>;
  /** What is selected in at most so many slices of time, of about the same length. */
  slices(selection: Selection, most: number): Promise<Slice[]>;
  /** The slowest requests of what is selected. */
  requests(selection: Selection): Promise<readonly RequestTimeline[]>;
  /** The newest first. */
  runs(): readonly RunSummary[];
  /** The current run without an id. */
  findRun(id?: string): RunSummary | undefined;
  status(): StatusAnswer;
  /** The text of a file of the profile, as it is now. @param run whose profile. @throws SourceUnreadable */
  source(file: string, run: RunSummary): Promise<SourceText>;
  clear(): Promise<void>;
  setRecording(on: boolean): Promise<void>;
  /**
   * What is recorded from now on for so long.
   * @param signal aborted when the client goes away; then it throws.
   */
  record(ms: number, signal: AbortSignal): Promise<Slice>;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Below the UI's path, no leading slash. One that ends in a slash and a star is also for all that is below it. */
  readonly path: string;
  /** Throws InvalidParameter for a wrong query or body. */
  handle(request: ApiRequest, backend: Backend, signal: AbortSignal): ApiResponse | Promise<ApiResponse>;
}
