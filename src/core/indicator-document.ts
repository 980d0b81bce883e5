/** A version of the indicators as a document: JSON, one indicator a line, in the order of the lists. */
import { formatPrefix, type Network, parseNetwork, parsePrefix } from './address.ts';
import { prefixAt } from './family-columns.ts';
import { type IndicatorColumns, IndicatorColumnsBuilder } from './indicator-columns.ts';
import { PieceWriter } from './piece-writer.ts';

export type IndicatorVersion = { readonly indicators: IndicatorColumns; readonly allowed: readonly Network[] };

/** The version before the first list. */
export const NO_INDICATORS: IndicatorVersion = { indicators: new IndicatorColumnsBuilder().finish(), allowed: [] };

/** Writes the document; the same indicators in the same order give the same bytes. */
export function writeIndicatorDocument({ indicators, allowed }: IndicatorVersion): Uint8Array {
  const { texts } = indicators;
  const document = new PieceWriter();
  const writeText = (number: number) =>
    document.writeQuoted(texts.bytes, number === 0 ? 0 : texts.ends[number - 1]!, texts.ends[number]!);
  document.write(`{"allowed":${JSON.stringify(allowed.map(({ text }) => text))},"indicators":[\n`);
  let before = '';
  for (const { family, at } of indicators.places()) {
    document.write(before);
    document.write('{"text":"');
    document.write(formatPrefix(prefixAt(family, at)));
    document.write('","comment":');
    writeText(family.comments[at]!);
    document.write(',"source":');
    writeText(family.sources[at]!);
    before = '},\n';
  }
  document.write(before === '' ? '\n]}\n' : '}\n]}\n');
  return document.finish();
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
