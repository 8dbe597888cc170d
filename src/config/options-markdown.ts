/** The configuration table of README.md, generated from the options; a meta test compares the two. */

import { defaultText } from './default-text.ts';
import { environmentKey } from './environment.ts';
import { OPTION_NAMES, OPTIONS } from './option-table.ts';
import type { Option } from './options.ts';

/** @returns a Markdown table with a line feed at its end. */
export function optionsMarkdown(): string {
  const rows = OPTION_NAMES.map((name) => {
    const option = OPTIONS[name];
    const { key, accepted, doc } = option;
    return [`\`${key}\``, `\`${environmentKey(key)}\``, defaultCell(option), doc, accepted];
  });
  const header = ['key in `[profiler]`', 'environment', 'default', 'meaning', 'accepted'];
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`)
    .join('');
}

type DefaultFields = Pick<Option<unknown>, 'default' | 'writtenDefault' | 'repozeDefault' | 'unsetMeans'>;

function defaultCell(option: DefaultFields): string {
  const text = defaultText(option);
  const own = text === null ? (option.unsetMeans ?? 'unset') : `\`${text}\``;
  return option.repozeDefault === undefined ? own : `${own} (\`${option.repozeDefault}\` in a repoze section)`;
}

/** `*` alone would start emphasis, `|` would start a cell. */
function escapeCell(text: string): string {
  return text.replace(/[|*]/g, '\\$&');
}
