/** Text from logs, lists and file names → text that a terminal only shows: an escape sequence in a comment must not act. */

/**
 * C0 and C1 controls and DEL, line breaks of all kinds, lone surrogates, annotations; and what is not seen but acts: marks that turn
 * the writing direction (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing), joiners, fillers, tags.
 * A selector that asks for a picture is let be.
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufff9-\ufffb]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/gu;

/** The text on one line, each character that would act or hide shown as `?`. */
export function toPrintable(text: string): string {
  return text.replace(UNSEEN, '?');
}

const ASCII = /^[\n -~]*$/;

/** JSON with such characters spelled out: the same to whoever parses it, and nothing to a terminal. */
export function toPrintableJson(json: string): string {
  if (ASCII.test(json)) return json;
  const spell = (character: string) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join('');
  return json.replace(UNSEEN, (character) => (character === '\n' ? character : spell(character)));
}
