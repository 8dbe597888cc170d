/** Who asks for the page, and who for text: browsers say that they want HTML, command-line clients that anything will do. */

/** @param accept the request's Accept header. */
export function wantsPage(accept: string | undefined): boolean {
  return /(?:^|[\s,])text\/html(?:[\s,;]|$)/i.test(accept ?? '');
}
