/** Text from logs and lists → one line of at most so many characters, for services that refuse anything else. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BREAKS = /[\s\u0000-\u001f\u007f-\u009f]+/g;

/** One line without control characters. Lengths count UTF-16 units, the stricter of two readings; no pair is split. */
export function toLine(text: string, length: number): string {
  const line = text.replace(BREAKS, ' ').trim().toWellFormed();
  if (line.length <= length) return line;
  const kept = line.slice(0, length - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** The line in printable ASCII, as message subjects want it: `Größe` becomes `Gro?e`. */
export function toAsciiLine(text: string, length: number): string {
  const bare = toLine(text, length).replaceAll('…', '...').normalize('NFKD').replace(/\p{M}/gu, '');
  const ascii = bare.replace(/[^ -~]+/gu, '?');
  return ascii.length <= length ? ascii : `${ascii.slice(0, length - 3)}...`;
}
