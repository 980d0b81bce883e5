/** Indicators of lists column by column, as they were read: doubles are still in it, in the order of the lists. */
import type { Network } from './address.ts';
import type { Indicator } from './indicator.ts';
import type { NetworkColumns } from './network-order.ts';
import { type StringTable, StringTableBuilder } from './string-table.ts';

/** The indicators of one family. */
export type FamilyColumns = NetworkColumns & {
  /** Numbers of their comments and of the names of their lists in `texts`. */
  readonly comments: Uint32Array<ArrayBuffer>;
  readonly sources: Uint32Array<ArrayBuffer>;
};

export type ListColumns = { readonly ipv4: FamilyColumns; readonly ipv6: FamilyColumns; readonly texts: StringTable };

/** Lays indicators out in columns. */
export function toListColumns(indicators: Iterable<Indicator>): ListColumns {
  const texts = new StringTableBuilder();
  const ipv4 = new FamilyBuilder(1);
  const ipv6 = new FamilyBuilder(4);
  for (const { network, comment, source } of indicators) {
    (network.family === 4 ? ipv4 : ipv6).add(network, texts.add(comment), texts.add(source));
  }
  return { ipv4: ipv4.finish(), ipv6: ipv6.finish(), texts: texts.finish() };
}

class FamilyBuilder {
  readonly #width: 1 | 4;
  #count = 0;
  #columns: FamilyColumns;

  constructor(width: 1 | 4) {
    this.#width = width;
    this.#columns = makeColumns(width, 256);
  }

  add({ words, prefixLength }: Network, comment: number, source: number): void {
    if (this.#count === this.#columns.lengths.length) this.#grow();
    const place = this.#count++;
    for (let i = 0; i < words.length; i++) this.#columns.words[place * this.#width + i] = words[i]!;
    this.#columns.lengths[place] = prefixLength;
    this.#columns.comments[place] = comment;
    this.#columns.sources[place] = source;
  }

  finish(): FamilyColumns {
    const { words, lengths, comments, sources } = this.#columns;
    return {
      width: this.#width,
      words: words.subarray(0, this.#count * this.#width),
      lengths: lengths.subarray(0, this.#count),
      comments: comments.subarray(0, this.#count),
      sources: sources.subarray(0, this.#count),
    };
  }

  #grow(): void {
    const full = this.#columns;
    this.#columns = makeColumns(this.#width, this.#count * 2);
    this.#columns.words.set(full.words);
    this.#columns.lengths.set(full.lengths);
    this.#columns.comments.set(full.comments);
    this.#columns.sources.set(full.sources);
  }
}

function makeColumns(width: 1 | 4, count: number): FamilyColumns {
  return {
    width,
    words: new Uint32Array(count * width),
    lengths: new Uint8Array(count),
    comments: new Uint32Array(count),
    sources: new Uint32Array(count),
  };
}
