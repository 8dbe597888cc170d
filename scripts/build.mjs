/** Builds dist/ from the sources: bundles and types. `npm run build [-- --out DIR]`. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const { build } = await import('esbuild');

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
rmSync(join(root, values.out), { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Dependencies stay packages: they are installed beside us, audited and deduplicated by npm.
  packages: 'external',
  outdir: values.out,
  sourcemap: false,
  legalComments: 'none',
  define: { PROFILER_VERSION: JSON.stringify(manifest.version) },
  logLevel: 'warning',
};

await build({
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { ...common.define, 'import.meta.url': 'importMetaUrl' },
  entryPoints: [
    { in: 'register/require.ts', out: 'register' },
    { in: 'src/start-agent.ts', out: 'agent' },
    { in: 'src/collector/main.ts', out: 'collector' },
  ],
});
await build({
  ...common,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  entryPoints: [{ in: 'register/import.ts', out: 'register' }],
  external: ['./register.cjs'],
});
