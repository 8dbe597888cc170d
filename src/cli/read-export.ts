/** Gets a profile of a file, a run's folder or a running server as a file of another format, by route where the format tells routes apart. */

import type { Exporter, ExportOptions } from '../export/contract.ts';
import { exportSlice } from '../store/export-slice.ts';
import { parseAddress } from './address.ts';
import { type ProfileQuery, readFile, readRunning, readSavedSource } from './read-profile.ts';

type Options = Pick<ExportOptions, 'metric' | 'limit'>;

/** @param from as in `readProfile`. @throws CliFailure */
export async function readExport(
  from: string,
  query: ProfileQuery,
  exporter: Exporter,
  options: Options,
): Promise<Uint8Array> {
  const address = from === '-' ? null : parseAddress(from);
  if (!address) {
    const saved = await readSavedSource(from, query);
    if ('run' in saved) return exportSlice(exporter, saved.run.whole, saved.wanted, options);
    return exporter.encode(readFile(saved.file, exporter.keepsRoutes), options);
  }
  const { client, selection, profile } = await readRunning(address, query);
  if (!exporter.keepsRoutes) return exporter.encode(profile, options);
  // The profile that the API answers has its routes summed.
  selection.set('format', exporter.format);
  selection.set('metric', options.metric);
  return client.getBytes(`api/v1/export?${selection}`);
}
