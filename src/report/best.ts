/** The highest of many items, each once, in the memory of a few. */
export class Best<Item> {
  readonly #count: number;
  readonly #rank: (item: Item) => number;
  readonly #name: (item: Item) => string;
  #items: Item[] = [];

  constructor(count: number, rank: (item: Item) => number, name: (item: Item) => string) {
    this.#count = count;
    this.#rank = rank;
    this.#name = name;
  }

  add(item: Item): void {
    this.#items.push(item);
    // Sorting now and then costs less than keeping order with each.
    if (this.#items.length >= this.#count * 8) this.#items = this.items();
  }

  items(): Item[] {
    const distinct = new Map(this.#items.map((item) => [this.#name(item), item]));
    // By name where they rank alike, so that the order in which they came decides nothing.
    const sorted = [...distinct].sort(
      ([a, one], [b, other]) => this.#rank(other) - this.#rank(one) || (a < b ? -1 : 1),
    );
    return sorted.slice(0, this.#count).map(([, item]) => item);
  }
}
