/**
 * What text from packets must not bring to a terminal, a log or a file name: control and format characters
 * (bidirectional marks and overrides among them), line and paragraph separators, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `text` with a dot in place of every unsafe character. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '.');
}
