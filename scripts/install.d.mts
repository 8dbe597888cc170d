/** Installs the packages of a folder, unless they are. */
export function ensureInstalled(directory: string): void;
