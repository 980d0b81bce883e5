/** Text from logs, lists and file names → text that a terminal only shows: an escape sequence in a comment must not act. */

/** C0 and C1 controls and DEL; line breaks and tabs would break a table's lines too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** The text on one line, each control character shown as `?`. */
export function toPrintable(text: string): string {
  return text.replace(CONTROLS, '?');
}
