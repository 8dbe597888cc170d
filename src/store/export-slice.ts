/** What was recorded as a file of an export format, by route where the format tells routes apart. */

import type { Exporter, ExportOptions } from '../export/contract.ts';
import type { Slice } from './contract.ts';
import { requestsByRoute, sliceProfile } from './slice-profile.ts';

/** @param wanted null for all routes. */
export function exportSlice(
  exporter: Exporter,
  slice: Slice,
  wanted: ReadonlySet<string> | null,
  options: Omit<ExportOptions, 'requestsByRoute'>,
): Uint8Array {
  const profile = sliceProfile(slice, wanted, exporter.keepsRoutes);
  return exporter.encode(profile, { ...options, requestsByRoute: requestsByRoute(slice, wanted) });
}
