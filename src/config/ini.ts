/**
 * Splits an INI file into sections and entries as Python's ConfigParser, which reads Paste Deploy files, does.
 * The `ini` package cannot: it ends values at `#` and `;`, does not know `key: value` nor continuation lines, nests
 * `[filter:a.b]` and gives no line numbers (tried with 6.0.0).
 * Other than there repeated sections and keys are not refused but stay, in order, and no key starts with `[`.
 * @see https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
 */

export interface IniEntry {
  readonly key: string;
  /** Raw: not interpolated. Continuation lines are joined with a line feed. */
  readonly value: string;
  /** 1-based line of the key. */
  readonly line: number;
}

export interface IniSection {
  /** '' for what stands before the first header. */
  readonly name: string;
  readonly entries: readonly IniEntry[];
}

/** A line that is neither blank, comment, header nor entry. */
interface IniFault {
  readonly line: number;
  readonly section: string;
  readonly reason: 'not a section header' | 'no = or : after a key' | 'no key before the = or :';
}

export interface IniFile {
  /** By first appearance; a section that is opened twice is one. */
  readonly sections: readonly IniSection[];
  readonly faults: readonly IniFault[];
}

interface Draft {
  readonly key: string;
  readonly lines: string[];
  readonly line: number;
}

/** Never throws; linear in the text's length. */
export function parseIni(text: string): IniFile {
  const sections = new Map<string, Draft[]>();
  const faults: IniFault[] = [];
  let section = '';
  let entry: Draft | undefined;
  let indent = 0;

  // A byte order mark is what some Windows editors put first.
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '') entry?.lines.push('');
    if (content === '' || /^[#;]/.test(content)) continue;

    const depth = raw.length - raw.trimStart().length;
    if (entry && depth > indent) {
      entry.lines.push(content);
      continue;
    }
    indent = depth;

    const header = /^\[([^\]]+)\]/.exec(content);
    if (header) {
      section = header[1]?.trim() ?? '';
      if (!sections.has(section)) sections.set(section, []);
      entry = undefined;
      continue;
    }
    const delimiter = content.search(/[=:]/);
    if (delimiter < 1 || content.startsWith('[')) {
      faults.push({ line, section, reason: faultReason(content) });
      // Deeper lines below it must not continue the entry above it.
      entry = undefined;
      continue;
    }
    entry = { key: content.slice(0, delimiter).trim(), lines: [content.slice(delimiter + 1).trim()], line };
    const entries = sections.get(section);
    if (entries) entries.push(entry);
    else sections.set(section, [entry]);
  }
  return { sections: [...sections].map(([name, drafts]) => ({ name, entries: drafts.map(finish) })), faults };
}

function faultReason(content: string): IniFault['reason'] {
  if (content.startsWith('[')) return 'not a section header';
  return /^[=:]/.test(content) ? 'no key before the = or :' : 'no = or : after a key';
}

function finish({ key, lines, line }: Draft): IniEntry {
  return { key, value: lines.join('\n').trimEnd(), line };
}
