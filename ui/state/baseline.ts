/** The diff's other side: what was on the screen when it was marked, or a file. */

import { parsePprofProfile } from '../../src/export/pprof-profile.ts';
import type { Profile } from '../../src/profile/profile.ts';
import type { Store } from './store.ts';

/** Larger ones are a server's, not a person's. */
const MAX_BYTES = 256 << 20;
const GZIP_MAGIC = 0x1f8b;

/** Marks what is shown: its routes, and its window up to now, so that it does not move on. */
export function markBaseline({ view, data, shown, go, notice }: Store): void {
  if (shown.capture.value !== null) {
    notice.value = 'A capture cannot be a baseline. Go back to what is recorded first';
    return;
  }
  const profile = data.recording.value?.profile;
  if (!profile) return;
  const { routes, window, run } = view.value;
  // Windows that the server counted from its start keep their meaning when they are asked for by time.
  const fixed = { kind: 'between', ...profile.window } as const;
  go({ baseline: { routes, window: window.kind === 'all' && routes.length > 0 ? window : fixed, run } });
  notice.value = 'This is the baseline now. Choose another route or window, then Diff';
}

/** Marks one route over the window that is shown. */
export function markRoute({ view, go, notice }: Store, route: string): void {
  go({ baseline: { routes: [route], window: view.value.window, run: view.value.run } });
  notice.value = 'The route is the baseline now. Choose another one, then Diff';
}

/** Marks all of another run, of the routes that are shown. */
export function markRun({ view, go }: Store, run: string): void {
  go({ baseline: { routes: view.value.routes, window: { kind: 'all' }, run } });
}

/** @throws with a message that says what is wrong with the file */
export async function readUpload(file: File): Promise<Profile> {
  if (file.size > MAX_BYTES) throw new Error(`${file.name} is larger than ${MAX_BYTES >> 20} MiB`);
  const magic = new DataView(await file.slice(0, 2).arrayBuffer());
  const isGzipped = magic.byteLength === 2 && magic.getUint16(0) === GZIP_MAGIC;
  const stream = isGzipped ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
  try {
    return parsePprofProfile(new Uint8Array(await new Response(stream).arrayBuffer()));
  } catch (error) {
    throw new Error(`${file.name} is not a readable pprof profile: ${error instanceof Error ? error.message : error}`);
  }
}
