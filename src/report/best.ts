/** The highest of many items, in the memory of a few. */
export class Best<Item> {
  readonly #count: number;
  readonly #rank: (item: Item) => number;
  #items: Item[] = [];

  constructor(count: number, rank: (item: Item) => number) {
    this.#count = count;
    this.#rank = rank;
  }

  add(item: Item): void {
    this.#items.push(item);
    // Sorting now and then costs less than keeping order with each.
    if (this.#items.length >= this.#count * 8) this.#items = this.items();
  }

  items(): Item[] {
    return [...this.#items].sort((a, b) => this.#rank(b) - this.#rank(a)).slice(0, this.#count);
  }
}
