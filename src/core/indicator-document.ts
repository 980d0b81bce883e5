/** A version of the indicators as a document: JSON, one indicator a line, in the order of the lists. */
import { type Network, parseNetwork, parsePrefix } from './address.ts';
import { type IndicatorColumns, IndicatorColumnsBuilder } from './indicator-columns.ts';

export type IndicatorVersion = { readonly indicators: IndicatorColumns; readonly allowed: readonly Network[] };

/** The version before the first list. */
export const NO_INDICATORS: IndicatorVersion = { indicators: new IndicatorColumnsBuilder().finish(), allowed: [] };

/** Lines that are made to bytes at once: few calls, and never a string of a hundred MB. */
const LINES_AT_ONCE = 5000;

/** Writes the document; the same indicators in the same order give the same bytes. */
export function writeIndicatorDocument({ indicators, allowed }: IndicatorVersion): Uint8Array {
  const pieces: Buffer[] = [];
  let text = `{"allowed":${JSON.stringify(allowed.map((network) => network.text))},"indicators":[\n`;
  let lines = 0;
  const quoteComment = rememberLast(JSON.stringify);
  const quoteSource = rememberLast(JSON.stringify);
  for (const { text: address, comment, source } of indicators) {
    const line = `{"text":"${address}","comment":${quoteComment(comment)},"source":${quoteSource(source)}}`;
    text += lines === 0 ? line : `,\n${line}`;
    if (++lines % LINES_AT_ONCE !== 0) continue;
    pieces.push(Buffer.from(text));
    text = '';
  }
  return Buffer.concat([...pieces, Buffer.from(`${text}\n]}\n`)]);
}

/** Lists have one name, and long ones mostly one comment, for thousands of lines. */
function rememberLast(quote: (text: string) => string): (text: string) => string {
  let last = '';
  let quoted = quote(last);
  return (text) => {
    if (text !== last) [last, quoted] = [text, quote(text)];
    return quoted;
  };
}

/** Reads the document line by line: as one value, a million indicators would take half a GB. */
export function readIndicatorDocument(document: string): IndicatorVersion {
  const headEnd = document.indexOf('\n');
  const { allowed } = JSON.parse(`${document.slice(0, headEnd)}]}`) as { allowed: string[] };
  const indicators = new IndicatorColumnsBuilder();
  for (let from = headEnd + 1; document[from] === '{'; ) {
    const to = document.indexOf('\n', from);
    const isLast = document[to - 1] !== ',';
    const line = JSON.parse(document.slice(from, isLast ? to : to - 1)) as Record<
      'text' | 'comment' | 'source',
      string
    >;
    indicators.add(parsePrefix(line.text)!.prefix, line.comment, line.source);
    from = to + 1;
  }
  return { indicators: indicators.finish(), allowed: allowed.map((entry) => parseNetwork(entry)!.network) };
}
