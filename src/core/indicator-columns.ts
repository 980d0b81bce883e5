/** The indicators of lists column by column: as objects, a million of them would take half a GB. */
import { formatPrefix, type Prefix } from './address.ts';
import { FamilyBuilder, type FamilyColumns } from './family-columns.ts';
import type { Indicator } from './indicator.ts';
import { openStrings, type StringTable, StringTableBuilder } from './string-table.ts';

/** Distinct indicators in the order of their lists. */
export class IndicatorColumns implements Iterable<Indicator> {
  readonly ipv4: FamilyColumns;
  readonly ipv6: FamilyColumns;
  readonly texts: StringTable;

  constructor(ipv4: FamilyColumns, ipv6: FamilyColumns, texts: StringTable) {
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
    this.texts = texts;
  }

  get length(): number {
    return this.ipv4.positions.length + this.ipv6.positions.length;
  }

  *[Symbol.iterator](): Generator<Indicator> {
    const textOf = openStrings(this.texts);
    for (let four = 0, six = 0; four + six < this.length; ) {
      const isFour = six === this.ipv6.positions.length || this.ipv4.positions[four]! < this.ipv6.positions[six]!;
      yield isFour ? readIndicator(this.ipv4, four++, textOf) : readIndicator(this.ipv6, six++, textOf);
    }
  }
}

/** Takes indicators in their order; of doubles the first stays. */
export class IndicatorColumnsBuilder {
  readonly #texts = new StringTableBuilder();
  readonly #ipv4 = new FamilyBuilder(1);
  readonly #ipv6 = new FamilyBuilder(4);
  #positions = 0;

  add(prefix: Prefix, comment: string, source: string): void {
    const family = prefix.family === 4 ? this.#ipv4 : this.#ipv6;
    family.add(prefix, this.#texts.add(comment), this.#texts.add(source), this.#positions++);
  }

  finish(): IndicatorColumns {
    return new IndicatorColumns(this.#ipv4.finish(), this.#ipv6.finish(), this.#texts.finish());
  }
}

/** Lays indicators out in columns. */
export function toIndicatorColumns(indicators: Iterable<Indicator>): IndicatorColumns {
  if (indicators instanceof IndicatorColumns) return indicators;
  const builder = new IndicatorColumnsBuilder();
  for (const { network, comment, source } of indicators) builder.add(network, comment, source);
  return builder.finish();
}

function readIndicator(family: FamilyColumns, at: number, textOf: (number: number) => string): Indicator {
  const { width, words, lengths, comments, sources } = family;
  const prefix: Prefix = {
    family: width === 1 ? 4 : 6,
    words: width === 1 ? [words[at]!] : [...words.subarray(at * 4, at * 4 + 4)],
    prefixLength: lengths[at]!,
  };
  const text = formatPrefix(prefix);
  return { text, network: { ...prefix, text }, comment: textOf(comments[at]!), source: textOf(sources[at]!) };
}
