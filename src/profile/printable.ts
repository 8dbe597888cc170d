/** Makes names harmless in text: they come from the profiled program, and anybody may have chosen them. */

/** Control and format characters (terminal escapes, direction marks), line separators, unpaired surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * @param reserved characters that have a meaning in the format, as the inside of a character class: `;`
 * @returns the text on one line, each such character as `\u{3b}`
 */
export function printable(text: string, reserved = ''): string {
  const visible = text.replaceAll(UNPRINTABLE, escaped);
  return reserved === '' ? visible : visible.replaceAll(new RegExp(`[${reserved}]`, 'gu'), escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
