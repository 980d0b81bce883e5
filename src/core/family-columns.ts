/** Indicators of one family column by column, in the order of their lists. */
import type { Prefix } from './address.ts';
import { type NetworkColumns, sortNetworks } from './network-order.ts';

export type FamilyColumns = NetworkColumns & {
  /** Numbers of their comments and of the names of their lists, see StringTable. */
  readonly comments: Uint32Array<ArrayBuffer>;
  readonly sources: Uint32Array<ArrayBuffer>;
  /** Their places in the lists, where those of the other family count too; ascending. */
  readonly positions: Uint32Array<ArrayBuffer>;
};

/** The network at a place. */
export function prefixAt({ width, words, lengths }: FamilyColumns, at: number): Prefix {
  const prefixLength = lengths[at]!;
  if (width === 1) return { family: 4, words: [words[at]!], prefixLength };
  const from = at * 4;
  return { family: 6, words: [words[from]!, words[from + 1]!, words[from + 2]!, words[from + 3]!], prefixLength };
}

/** Those at the given places, in that order. */
export function pickFamily(family: FamilyColumns, places: Uint32Array): FamilyColumns {
  const { width, words, lengths, comments, sources, positions } = family;
  const picked = makeColumns(width, places.length);
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    for (let word = 0; word < width; word++) picked.words[i * width + word] = words[place * width + word]!;
    picked.lengths[i] = lengths[place]!;
    picked.comments[i] = comments[place]!;
    picked.sources[i] = sources[place]!;
    picked.positions[i] = positions[place]!;
  }
  return picked;
}

/** Takes indicators in their order; of doubles the first stays. */
export class FamilyBuilder {
  #columns: FamilyColumns;
  #count = 0;

  constructor(width: 1 | 4) {
    this.#columns = makeColumns(width, 256);
  }

  add({ words, prefixLength }: Prefix, comment: number, source: number, position: number): void {
    if (this.#count === this.#columns.lengths.length) this.#grow();
    const columns = this.#columns;
    const place = this.#count++;
    for (let i = 0; i < columns.width; i++) columns.words[place * columns.width + i] = words[i]!;
    columns.lengths[place] = prefixLength;
    columns.comments[place] = comment;
    columns.sources[place] = source;
    columns.positions[place] = position;
  }

  finish(): FamilyColumns {
    const { width, words, lengths, comments, sources, positions } = this.#columns;
    const taken = {
      width,
      words: words.subarray(0, this.#count * width),
      lengths: lengths.subarray(0, this.#count),
      comments: comments.subarray(0, this.#count),
      sources: sources.subarray(0, this.#count),
      positions: positions.subarray(0, this.#count),
    };
    const isDouble = findDoubles(taken);
    if (!isDouble.includes(1)) return taken;
    const places = Uint32Array.from(isDouble.keys());
    return pickFamily(
      taken,
      places.filter((place) => isDouble[place] === 0),
    );
  }

  #grow(): void {
    const full = this.#columns;
    this.#columns = makeColumns(full.width, this.#count * 2);
    for (const name of ['words', 'lengths', 'comments', 'sources', 'positions'] as const) {
      this.#columns[name].set(full[name]);
    }
  }
}

function makeColumns(width: 1 | 4, count: number): FamilyColumns {
  return {
    width,
    words: new Uint32Array(count * width),
    lengths: new Uint8Array(count),
    comments: new Uint32Array(count),
    sources: new Uint32Array(count),
    positions: new Uint32Array(count),
  };
}

/** 1 for each network that is the same as one before it. */
function findDoubles(networks: NetworkColumns): Uint8Array {
  const order = sortNetworks(networks);
  const isDouble = new Uint8Array(order.length);
  for (let i = 1; i < order.length; i++) if (isSame(networks, order[i - 1]!, order[i]!)) isDouble[order[i]!] = 1;
  return isDouble;
}

function isSame({ width, words, lengths }: NetworkColumns, a: number, b: number): boolean {
  for (let i = 0; i < width; i++) if (words[a * width + i] !== words[b * width + i]) return false;
  return lengths[a] === lengths[b];
}
