/** What an option is, and what all options together are once they are read. The table of them is option-table.ts. */

/** Which clients see the UI (docs: "Who may see it"). */
export type Access = 'local' | 'token' | 'open' | 'off';

/** How many requests have their waits traced: within a budget, all, or none. */
type WaitTracing = 'auto' | 'all' | 'off';

type PushFormat = 'pyroscope' | 'otlp';

/** An extra address that serves only the UI; port 0 lets the system choose. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** Bounds of `data_dir`; a run that exceeds either loses its oldest segments. */
export interface Retention {
  readonly ageMs: number;
  readonly bytes: number;
}

/** Every option, read and checked. A property that is absent is unset. File names are absolute. */
export interface Options {
  readonly enabled: boolean;
  /** Leading slash, no trailing slash, never only a slash. */
  readonly path: string;
  readonly logFilename?: string;
  readonly cachegrindFilename?: string;
  readonly discardFirstRequest: boolean;
  readonly flushAtShutdown: boolean;
  /** repoze.profile's; read so that its files work, and without effect. */
  readonly unwind: boolean;
  /** 1 to 1000, possibly with a fraction. */
  readonly intervalMs: number;
  /** Path patterns in which `*` stands for any characters; each starts with `/` or `*`. */
  readonly ignore: readonly string[];
  /** Never `token` without a token: what was to be protected by a token that cannot be used is `off`. */
  readonly access: Access;
  readonly token?: string;
  readonly listen?: ListenAddress;
  readonly waits: WaitTracing;
  /** Whether allocations are sampled all the time. */
  readonly heap: boolean;
  readonly slowMs: number;
  /** An absolute folder or the word `memory`. */
  readonly dataDir?: string;
  readonly retention: Retention;
  readonly pushUrl?: string;
  readonly pushFormat?: PushFormat;
  readonly pushHeaders: Readonly<Record<string, string>>;
  readonly pushLabels: Readonly<Record<string, string>>;
  readonly urlQuery: boolean;
  readonly debug: boolean;
  readonly quiet: boolean;
}

export type OptionName = keyof Options;

/** The type of a property that is set. */
export type OptionValue<Name extends OptionName> = Required<Options>[Name];

export interface ParseContext {
  /** What relative file names start from: the process's working folder, for environment and INI file alike (as in Paste). */
  readonly cwd: string;
}

/** How a secret option is masked: as a whole, each member of a record, or the credentials inside a URL. */
export type SecretKind = 'whole' | 'members' | 'url';

/** One row of the table. */
export interface Option<Value> {
  /** In an INI file; in the environment PROFILER_ and this in upper case. */
  readonly key: string;
  /** Absent: unset. A value and no text, because parsing all defaults would be half of a dormant process's time here. */
  readonly default?: Value;
  /** The default as a user would write it, where it is neither a word, a number nor empty. */
  readonly writtenDefault?: string;
  /** Where a section for repoze.profile has another default, as written: from its make_profile_middleware. */
  readonly repozeDefault?: string;
  /** For the documentation, where an unset option has a behaviour worth naming. */
  readonly unsetMeans?: string;
  /** @returns undefined where the text, trimmed and not empty, is not acceptable. */
  readonly parse: (text: string, context: ParseContext) => Value | undefined;
  /** What is acceptable, as the end of a sentence that starts with "Accepted: ". */
  readonly accepted: string;
  /** One line. */
  readonly doc: string;
  /** Set where the value must not be shown in messages, logs or the status page. */
  readonly secret?: SecretKind;
}

/** By the name of the property; what the parser returns is what the property holds. */
export type OptionTable = { readonly [Name in OptionName]: Option<OptionValue<Name>> };
