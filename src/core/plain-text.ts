/** Text from logs and lists → one line of at most so many characters, for services that refuse anything else. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BREAKS = /[\s\u0000-\u001f\u007f-\u009f]+/g;
/**
 * What is not seen but acts on what stands beside it: marks that turn the writing direction, fillers, tags
 * (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing). Joiners and selectors belong to their characters.
 */
const UNSEEN = /(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu;
/** Made when it is needed: it takes 8 ms. */
let segmenter: Intl.Segmenter | undefined;

/**
 * One line without control characters, what would act unseen shown as `�`. Lengths count UTF-16 units, the stricter of two readings; no
 * character is cut apart.
 */
export function toLine(text: string, length: number): string {
  const line = text.replace(BREAKS, ' ').trim().toWellFormed().replace(UNSEEN, '\ufffd');
  return line.length <= length ? line : `${line.slice(0, lastStart(line, length - 1))}…`;
}

/** Where the character starts that stands at `at`: what comes before it tells. */
function lastStart(line: string, at: number): number {
  return toCharacters(line.slice(0, at + 2)).containing(at)?.index ?? at;
}

/** What a reader takes for one character each: a letter with its accents, a flag, a family. */
export function toCharacters(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** The line in printable ASCII, as message subjects want it: `Größe` becomes `Gro?e`. */
export function toAsciiLine(text: string, length: number): string {
  const bare = toLine(text, length).replaceAll('…', '...').normalize('NFKD').replace(/\p{M}/gu, '');
  const ascii = bare.replace(/[^ -~]+/gu, '?');
  return ascii.length <= length ? ascii : `${ascii.slice(0, length - 3)}...`;
}
