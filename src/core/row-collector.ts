/** Rows as they are read, of a window of the address space, in columns that grow. */
import type { AddressLine } from './address-lines.ts';
import type { AddressRows } from './address-rows.ts';

export class RowCollector {
  /** Addresses up to `after` are not in the window, `to` is. */
  readonly #after: readonly number[] | undefined;
  readonly #to: readonly number[];
  #words: Uint32Array[];
  #codes: Uint32Array;
  #count = 0;

  /** Bounds are in hex, 8 digits to a word; without `after` the window begins with the first address there is. */
  constructor(width: 1 | 4, after: string, to: string) {
    this.#after = after === '' ? undefined : toWords(after);
    this.#to = toWords(to);
    this.#words = Array.from({ length: width }, () => new Uint32Array(1024));
    this.#codes = new Uint32Array(1024);
  }

  /** Adds the addresses of a line that are in the window. They ascend. */
  add({ words, count }: AddressLine, code: number): void {
    let from = 0;
    let to = count;
    if (this.#after !== undefined) while (from < to && compare(words, from, this.#after) <= 0) from++;
    while (from < to && compare(words, to - 1, this.#to) > 0) to--;
    this.#reserve(to - from);
    for (const [i, column] of words.entries()) this.#words[i]!.set(column.subarray(from, to), this.#count);
    this.#codes.fill(code, this.#count, this.#count + to - from);
    this.#count += to - from;
  }

  end(): AddressRows {
    return {
      words: this.#words.map((column) => column.subarray(0, this.#count)),
      codes: this.#codes.subarray(0, this.#count),
    };
  }

  #reserve(more: number): void {
    if (this.#count + more <= this.#codes.length) return;
    const grow = (column: Uint32Array) => {
      const larger = new Uint32Array(Math.max(column.length * 2, this.#count + more));
      larger.set(column);
      return larger;
    };
    this.#words = this.#words.map(grow);
    this.#codes = grow(this.#codes);
  }
}

function toWords(hex: string): number[] {
  return Array.from({ length: hex.length / 8 }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16));
}

function compare(words: readonly Uint32Array[], place: number, bound: readonly number[]): number {
  for (let word = 0; word < words.length; word++) {
    const difference = words[word]![place]! - bound[word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
