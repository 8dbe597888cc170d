/**
 * Names URLs that no framework routed by folders of few entries: where more names than a server has pages follow one path, they are data, as in
 * `/posts/how-to-start`, and the later ones become `/posts/:name`.
 */

import { EXTENSION, PLACEHOLDER } from './url-template.ts';

/** Names below one path that stay as they are. */
const MAX_NAMES = 50;
/** With the extensions of those that do not. */
const MAX_ENTRIES = 60;
/** Paths that are followed by names; past this all new names are data. */
const MAX_FOLDERS = 500;
const NAME = ':name';

export class FewNames {
  /** What follows a path, placeholders left out. */
  readonly #folders = new Map<string, Set<string>>();

  /** @param template a path whose ids are placeholders already. @returns the same, or with `:name` for what is one of many. */
  patternOf(template: string): string {
    let path = '';
    for (const name of template.split('/').slice(1)) path = `${path}/${this.#entry(path, name)}`;
    return path;
  }

  #entry(path: string, name: string): string {
    // The folder itself, what is data in any case, and what stands for the rest of a long path.
    if (name === '' || name === '*' || PLACEHOLDER.test(name)) return name;
    const entries = this.#folders.get(path) ?? this.#open(path);
    if (entries.has(name)) return name;
    if (entries.size < MAX_NAMES) {
      entries.add(name);
      return name;
    }
    const entry = NAME + (EXTENSION.exec(name)?.[0] ?? '');
    if (entries.size < MAX_ENTRIES) entries.add(entry);
    return entries.has(entry) ? entry : NAME;
  }

  #open(path: string): Set<string> {
    if (this.#folders.size >= MAX_FOLDERS) return FULL;
    const entries = new Set<string>();
    this.#folders.set(path, entries);
    return entries;
  }
}

/** Takes nothing more. */
const FULL = new Set(Array.from({ length: MAX_ENTRIES }, (_, at) => `/${at}`));
