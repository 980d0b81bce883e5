/** Text that no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection */

/**
 * Where a cell may begin: at the start, and behind what some spreadsheet takes for the end of a cell or a line however it is
 * quoted. A quote that is there already gets another one, so that taking one away gives the text back.
 */
const FORMULA = /^(?='*[\t\r\n])|(?<=^|[;\t\r\n])([ \u00a0\u200b\ufeff]*)(?='*[=+\-@＝＋－＠])/g;
/** An absent value, or a number: what it computes to is itself. The playbook's view joins a port to an absent address. */
const HARMLESS = /^(-(:\d+)?|[+-]?\d+(\.\d+)?)$/;

/** A quote before whatever would be computed; spreadsheets hide it, and take what follows for text. */
export function toSafeCell(text: string): string {
  return HARMLESS.test(text) ? text : text.replace(FORMULA, "$1'");
}
