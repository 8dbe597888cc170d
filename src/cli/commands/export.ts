/** `profiler export`: a profile of a file or a running server in another tool's format. */

import { type Command, Option } from 'commander';
import type { Exporter } from '../../export/contract.ts';
import { exporters, findExporter } from '../../export/index.ts';
import { CliFailure } from '../failure.ts';
import { writeFile, writeOutput } from '../output.ts';
import { addProfileFlags, type ProfileFlags, positiveInteger, profileQuery, SOURCE_HELP } from '../profile-flags.ts';
import { readExport } from '../read-export.ts';

const FORMATS = exporters.map(
  ({ format, description, extension }) => `  ${format.padEnd(12)}${extension.padEnd(18)}${description}`,
);
const HELP = `
Formats:
${FORMATS.join('\n')}

Examples:
  profiler export http://localhost:3000 --format speedscope --output profile.speedscope.json
  profiler export localhost:3000 --format pprof --seconds 30 --output profile.pb.gz && go tool pprof -http : profile.pb.gz
  profiler export profile.pb.gz --format collapsed | flamegraph.pl > profile.svg`;

type ExportFlags = ProfileFlags & {
  readonly format: string;
  readonly output: string;
  readonly limit?: number;
  readonly seconds?: number;
};

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description("write a profile in another tool's format")
    .argument('<file|url>', SOURCE_HELP)
    .addOption(formatOption())
    .option('-o, --output <file>', 'where to; - is stdout', '-')
    .option(
      '--seconds <n>',
      'record only that long from now on (URL only; default: all that has been recorded)',
      positiveInteger,
    )
    .option('--limit <rows>', 'most rows of the formats text and markdown', positiveInteger)
    .addHelpText('after', HELP)
    .action(exportProfile);
  addProfileFlags(command);
}

function formatOption(): Option {
  const names = exporters.map(({ format }) => format);
  return new Option('-f, --format <format>', 'see below').choices(names).makeOptionMandatory();
}

async function exportProfile(from: string, flags: ExportFlags): Promise<void> {
  const exporter = findExporter(flags.format);
  if (!exporter) throw new CliFailure('PROFILER_E_USAGE', `there is no format ${flags.format}`);
  const toTerminal = flags.output === '-' && process.stdout.isTTY;
  if (toTerminal && isBinary(exporter)) {
    throw new CliFailure(
      'PROFILER_E_USAGE',
      `${exporter.format} is binary. Name a file: --output profile${exporter.extension}`,
    );
  }
  const query = { ...profileQuery(flags), ...(flags.seconds === undefined ? {} : { seconds: flags.seconds }) };
  const limit = flags.limit === undefined ? {} : { limit: flags.limit };
  const bytes = await readExport(from, query, exporter, { metric: flags.metric, ...limit });
  if (flags.output === '-') await writeOutput(bytes);
  else writeFile(flags.output, bytes);
}

function isBinary({ contentType }: Exporter): boolean {
  return contentType === 'application/octet-stream';
}
