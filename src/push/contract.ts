/** What a push format is. A new format is one file with one `PushFormat` and one line in index.ts. */

import type { Profile } from '../profile/profile.ts';

/** What is pushed at once: what one process recorded in some seconds. */
export interface PushBatch {
  /** Routes on the first level (profile/by-route.ts). */
  readonly tree: Profile;
  readonly source: PushSource;
}

/** Who pushes. */
export interface PushSource {
  readonly serviceName: string;
  readonly run: string;
  readonly pid: number;
  readonly version: string;
  /** The user's own; they win over ours. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PushFormat {
  /** The value of `push_format`. */
  readonly format: string;
  /** Where the server takes it, below `push_url` unless that ends with it already. */
  readonly path: string;
  readonly contentType: string;
  /** @returns the body, not compressed. Pure. */
  encode(batch: PushBatch): Uint8Array;
}
