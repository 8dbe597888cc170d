/** What is said to whoever runs the server: at once on stderr, or, when the host's thread only waits for the end, in the last words. */

/** The latest, for `status`. */
const MAX_REPORTED = 20;

export class Problems {
  readonly #log: (text: string) => void;
  #reported: readonly string[] = [];
  #lastWords: string[] | undefined;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  get reported(): readonly string[] {
    return this.#reported;
  }

  /** What was said since the end began. */
  get lastWords(): string {
    return this.#lastWords?.join('; ') ?? '';
  }

  /** Says it once, and keeps it. */
  report(problem: string): void {
    if (this.#reported.includes(problem)) return;
    this.#reported = [...this.#reported, problem].slice(-MAX_REPORTED);
    this.say(problem);
  }

  /** Its reason is gone. */
  withdraw(problem: string): void {
    this.#reported = this.#reported.filter((reported) => reported !== problem);
  }

  say(text: string): void {
    if (this.#lastWords) this.#lastWords.push(text);
    else this.#log(text);
  }

  /** From now on nobody hears messages. */
  end(): void {
    this.#lastWords ??= [];
  }
}
