/** Gets a profile of a file, a run's folder or a running server as a file of another format, by route where the format tells routes apart. */

import type { Exporter, ExportOptions } from '../export/contract.ts';
import { readProfileFile } from '../export/read-profile-file.ts';
import { exportSlice } from '../store/export-slice.ts';
import { parseAddress } from './address.ts';
import { askRunning, noteIfEmpty, type ProfileQuery, readFile, readRunning, readSavedSource } from './read-profile.ts';

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
    const { profile, requestsByRoute } = readFile(saved.file, exporter.keepsRoutes);
    return exporter.encode(profile, { ...options, requestsByRoute });
  }
  const running = await askRunning(address, query);
  if (!exporter.keepsRoutes) return exporter.encode(await readRunning(running), options);
  // The profile that the API answers has its routes summed: the server encodes it.
  const { client, selection } = running;
  selection.set('format', exporter.format);
  selection.set('metric', options.metric);
  const bytes = await client.getBytes(`api/v1/export?${selection}`);
  noteIfEmpty(readProfileFile(bytes));
  return bytes;
}
