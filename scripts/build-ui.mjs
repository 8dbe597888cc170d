/** Builds ui/ into one page, one script and one style sheet, each also compressed. Fails above the size that the page may have. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Of script and style sheet together, gzipped. */
const MAX_GZIPPED_BYTES = 60_000;

/**
 * @param {string} directory where the files go; made if it is missing
 * @param {string} version the profiler's
 * @returns {Promise<number>} gzipped bytes of script and style sheet
 */
export async function buildUi(directory, version) {
  const { output } = await build({
    configFile: false,
    root: fileURLToPath(new URL('../ui', import.meta.url)),
    // Relative: the page does not know below which path, and behind which proxy, it is served.
    base: './',
    logLevel: 'warn',
    define: { PROFILER_VERSION: JSON.stringify(version) },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      target: 'es2022',
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: {
        output: { entryFileNames: 'assets/app-[hash].js', assetFileNames: 'assets/app-[hash][extname]' },
      },
    },
  });
  mkdirSync(directory, { recursive: true });
  let size = 0;
  for (const file of output) {
    const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
    const gzipped = gzipSync(bytes, { level: 9 });
    const path = join(directory, basename(file.fileName));
    writeFileSync(path, bytes);
    writeFileSync(`${path}.gz`, gzipped);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    if (!file.fileName.endsWith('.html')) size += gzipped.length;
  }
  if (size > MAX_GZIPPED_BYTES) throw new Error(`the UI has ${size} bytes gzipped, more than ${MAX_GZIPPED_BYTES}`);
  return size;
}
