/** Hands bytes to the browser as a file. */

/** Long enough for a browser to have begun to read. */
const KEEP_MS = 60_000;

export function downloadBlob(name: string, bytes: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
