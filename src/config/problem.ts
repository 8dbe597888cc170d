/** What is wrong with a configuration, one clear message for each mistake; whoever shows them, the server starts all the same. */

const MAX_PROBLEMS = 20;
const MAX_SHOWN_CHARS = 80;

export const CONFIG_PROBLEM_CODES = [
  /** The file is missing, unreadable, too large, not text, or has no section for the profiler. */
  'PROFILER_E_CONFIG_FILE',
  /** A line is neither a section, a comment nor key = value. */
  'PROFILER_E_CONFIG_SYNTAX',
  /** No option has this name. */
  'PROFILER_E_CONFIG_KEY',
  /** The option does not accept this value, or not together with another. */
  'PROFILER_E_CONFIG_VALUE',
  /** There are more problems than are worth showing. */
  'PROFILER_E_CONFIG_MORE',
] as const;

/** Where something is written. Without a file: in the environment. */
export interface Place {
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** As written there: `interval_ms` in a file, `PROFILER_INTERVAL_MS` in the environment. */
  readonly key?: string;
}

export interface Problem extends Place {
  readonly code: (typeof CONFIG_PROBLEM_CODES)[number];
  /** One line: place, cause and what to do. Holds no secret and no control character. */
  readonly message: string;
  readonly accepted?: string;
}

/** Collects problems up to a bound, so that a hostile file costs neither time nor memory nor screens of output. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  #dropped = 0;

  /** @param text what follows the place; built only if it is kept, for it may be costly. */
  add(code: Problem['code'], place: Place, text: () => string, accepted?: string): void {
    if (this.#problems.length >= MAX_PROBLEMS) {
      this.#dropped += 1;
      return;
    }
    const message = printable(`${placeText(place)}${text()}`);
    const key = place.key === undefined ? {} : { key: place.key.slice(0, MAX_SHOWN_CHARS) };
    this.#problems.push({ code, message, ...place, ...key, ...(accepted === undefined ? {} : { accepted }) });
  }

  all(): readonly Problem[] {
    if (this.#dropped === 0) return [...this.#problems];
    const message = `${this.#dropped} more problems in the configuration are not shown`;
    return [...this.#problems, { code: 'PROFILER_E_CONFIG_MORE', message }];
  }
}

/** @returns what a user wrote, for a message: quoted and short. */
export function shown(text: string): string {
  return text.length > MAX_SHOWN_CHARS ? `"${text.slice(0, MAX_SHOWN_CHARS)}…"` : `"${text}"`;
}

function placeText({ file, line }: Place): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}

/** One line that cannot move a terminal's cursor, colour it or hide its text. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16) ?? ''}}`);
}
