/** The indicators of lists column by column: as objects, a million of them would take half a GB. */
import { formatPrefix, type Prefix } from './address.ts';
import { FamilyBuilder, type FamilyColumns, prefixAt } from './family-columns.ts';
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
    for (const { family, at } of this.places()) {
      const prefix = prefixAt(family, at);
      const text = formatPrefix(prefix);
      const [comment, source] = [textOf(family.comments[at]!), textOf(family.sources[at]!)];
      yield { text, network: { ...prefix, text }, comment, source };
    }
  }

  /** Where the indicators are, in the order of the lists. */
  *places(): Generator<{ readonly family: FamilyColumns; readonly at: number }> {
    const { ipv4, ipv6 } = this;
    for (let four = 0, six = 0; four + six < this.length; ) {
      const isFour = six === ipv6.positions.length || ipv4.positions[four]! < ipv6.positions[six]!;
      yield isFour ? { family: ipv4, at: four++ } : { family: ipv6, at: six++ };
    }
  }
}

/** Takes indicators in their order; of doubles the first stays. */
export class IndicatorColumnsBuilder {
  readonly #texts = new StringTableBuilder();
  readonly #ipv4 = new FamilyBuilder(1);
  readonly #ipv6 = new FamilyBuilder(4);
  #positions = 0;
  #source = { name: '', number: this.#texts.add('') };

  add(prefix: Prefix, comment: string, source: string): void {
    const family = prefix.family === 4 ? this.#ipv4 : this.#ipv6;
    if (source !== this.#source.name) this.#source = { name: source, number: this.#texts.add(source) };
    family.add(prefix, this.#texts.add(comment), this.#source.number, this.#positions++);
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
