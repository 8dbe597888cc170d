/** Builds dist/ from the sources: bundles, the UI and types. `npm run build [-- --out DIR]`. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const { build } = await import('esbuild');
const { buildUi } = await import('./build-ui.mjs');

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

// Dependencies stay packages, audited and deduplicated by npm. What must load before the server's own code is bundled (it is in
// devDependencies): reading small packages one by one costs more than running them, and `debug`, which require-in-the-middle logs
// with, would load the host's own `supports-color`.
const external = Object.keys(manifest.dependencies).flatMap((name) => [name, `${name}/*`]);

await build({
  ...common,
  format: 'cjs',
  packages: 'bundle',
  external,
  alias: { debug: join(root, 'scripts/no-debug.cjs') },
  outExtension: { '.js': '.cjs' },
  // Strict, as the modules it is made of: in sloppy functions `arguments` is slow to pass on.
  banner: { js: "'use strict';\nconst importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { ...common.define, 'import.meta.url': 'importMetaUrl' },
  entryPoints: [
    { in: 'register/require.ts', out: 'register' },
    { in: 'src/start-agent.ts', out: 'agent' },
    { in: 'src/collector/main.ts', out: 'collector' },
    { in: 'src/index.ts', out: 'index' },
  ],
});
await build({
  ...common,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  entryPoints: [
    { in: 'register/import.ts', out: 'register' },
    { in: 'src/index.ts', out: 'index' },
    { in: 'src/cli/main.ts', out: 'cli' },
  ],
  external: ['./register.cjs'],
});
const uiBytes = await buildUi(join(root, values.out, 'ui'), manifest.version);
console.log(`ui: ${(uiBytes / 1000).toFixed(1)} kB gzipped`);
writeTypes(join(root, values.out, 'types'));

/** Declarations of what package.json's exports name, and of what those import: `.d.ts` for import, `.d.cts` for require. */
function writeTypes(directory) {
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  const project = join(root, 'scripts/tsconfig.types.json');
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', directory], { stdio: 'inherit' });
  for (const name of readdirSync(directory, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(directory, name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, withImportsOf(text, 'js'));
    writeFileSync(file.replace(/ts$/, 'cts'), withImportsOf(text, 'cjs'));
  }
}

/** tsc leaves our `./profile.ts` as it is, and a consumer has no such file: `.js` stands for `.d.ts`, `.cjs` for `.d.cts`. */
function withImportsOf(text, ending) {
  return text.replaceAll(/(\bfrom |\bimport\()(['"])(\.[^'"]*)\.ts\2/g, `$1$2$3.${ending}$2`);
}
