/**
 * Networks of a list, which nest or are apart → disjoint ranges, each owned by the most specific network that holds it.
 * What the allowlist names is cut out, so that an address lies in a range exactly if it is an indicator's.
 */
import { type NetworkColumns, sortNetworks } from './network-order.ts';

/** Owner of nothing, parent of an outermost network. */
export const NOBODY = 0xffffffff;

export type OwnedRanges = {
  /** First and last addresses, ascending: one word per address for IPv4, four for IPv6, most significant first. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** For each range, the number of its owner. */
  readonly owners: Uint32Array<ArrayBuffer>;
  /** Number → place among the networks given. Numbers follow the addresses; what is allowed as a whole has none. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** Number → that of the next wider indicator which holds it, or NOBODY. */
  readonly parents: Uint32Array<ArrayBuffer>;
};

/** Flattens the networks: the first `indicators` of them are the lists' and distinct, the rest is allowed. */
export function toOwnedRanges(networks: NetworkColumns, indicators: number): OwnedRanges {
  const ranges = new RangeSweep(networks, indicators);
  for (const place of sortNetworks(networks)) ranges.enter(place);
  return ranges.end();
}

/** Prefix lengths differ from one nested network to the next; an allowed one may lie in an equal one. */
const MOST_NESTED = 130;

/** Goes through the networks by first address, wider ones first, and hands each address to the innermost. */
class RangeSweep {
  readonly #networks: NetworkColumns;
  readonly #indicators: number;
  /** The networks that hold the address where the sweep is, the widest first: number (NOBODY: allowed), last address. */
  #nested = 0;
  readonly #nestedNumbers = new Uint32Array(MOST_NESTED);
  readonly #nestedLasts: Uint32Array;
  /** The first address that has not been handed out. */
  readonly #next: Uint32Array;
  /** The last address there is has been handed out: #next began anew at 0. */
  #isThrough = false;
  readonly #starts: Uint32Array<ArrayBuffer>;
  readonly #ends: Uint32Array<ArrayBuffer>;
  readonly #owners: Uint32Array<ArrayBuffer>;
  #ranges = 0;
  readonly #places: Uint32Array<ArrayBuffer>;
  readonly #parents: Uint32Array<ArrayBuffer>;
  #numbers = 0;

  constructor(networks: NetworkColumns, indicators: number) {
    this.#networks = networks;
    this.#indicators = indicators;
    this.#nestedLasts = new Uint32Array(MOST_NESTED * networks.width);
    this.#next = new Uint32Array(networks.width);
    // A network adds its own range and splits at most one other.
    const most = 2 * networks.lengths.length;
    this.#starts = new Uint32Array(most * networks.width);
    this.#ends = new Uint32Array(most * networks.width);
    this.#owners = new Uint32Array(most);
    this.#places = new Uint32Array(indicators);
    this.#parents = new Uint32Array(indicators);
  }

  enter(place: number): void {
    const { width, words } = this.#networks;
    const at = place * width;
    while (this.#nested > 0 && compareWords(this.#nestedLasts, this.#top * width, words, at, width) < 0) this.#leave();
    const holder = this.#nested === 0 ? NOBODY : this.#nestedNumbers[this.#top]!;
    if (this.#nested > 0 && holder === NOBODY) return;
    if (holder !== NOBODY && compareWords(this.#next, 0, words, at, width) < 0) {
      this.#hand(holder, words, at);
      stepDown(this.#ends, (this.#ranges - 1) * width, width);
    }
    copyWords(words, at, this.#next, 0, width);
    this.#nest(place, holder);
  }

  end(): OwnedRanges {
    while (this.#nested > 0) this.#leave();
    const words = this.#ranges * this.#networks.width;
    return {
      starts: this.#starts.subarray(0, words),
      ends: this.#ends.subarray(0, words),
      owners: this.#owners.subarray(0, this.#ranges),
      places: this.#places.subarray(0, this.#numbers),
      parents: this.#parents.subarray(0, this.#numbers),
    };
  }

  get #top(): number {
    return this.#nested - 1;
  }

  #nest(place: number, holder: number): void {
    const { width, words, lengths } = this.#networks;
    const number = place < this.#indicators ? this.#numbers++ : NOBODY;
    if (number !== NOBODY) {
      this.#places[number] = place;
      this.#parents[number] = holder;
    }
    const top = this.#nested++;
    this.#nestedNumbers[top] = number;
    for (let i = 0; i < width; i++) {
      const kept = lengths[place]! - i * 32;
      const hostBits = kept >= 32 ? 0 : kept <= 0 ? 0xffffffff : 0xffffffff >>> kept;
      this.#nestedLasts[top * width + i] = words[place * width + i]! | hostBits;
    }
  }

  /** The innermost network ends here; it gets what is left of it. */
  #leave(): void {
    const { width } = this.#networks;
    const top = --this.#nested;
    if (this.#isThrough || compareWords(this.#next, 0, this.#nestedLasts, top * width, width) > 0) return;
    const number = this.#nestedNumbers[top]!;
    if (number !== NOBODY) this.#hand(number, this.#nestedLasts, top * width);
    copyWords(this.#nestedLasts, top * width, this.#next, 0, width);
    this.#isThrough = stepUp(this.#next);
  }

  /** Hands #next up to the given address to an owner. */
  #hand(owner: number, last: Uint32Array, at: number): void {
    const { width } = this.#networks;
    copyWords(this.#next, 0, this.#starts, this.#ranges * width, width);
    copyWords(last, at, this.#ends, this.#ranges * width, width);
    this.#owners[this.#ranges++] = owner;
  }
}

function compareWords(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number, width: number): number {
  for (let i = 0; i < width; i++) {
    const difference = a[aAt + i]! - b[bAt + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function copyWords(from: Uint32Array, at: number, into: Uint32Array, intoAt: number, width: number): void {
  for (let i = 0; i < width; i++) into[intoAt + i] = from[at + i]!;
}

/** To the address before; there is one. */
function stepDown(words: Uint32Array, at: number, width: number): void {
  for (let i = at + width - 1; i >= at; i--) if (words[i]!-- !== 0) return;
}

/** To the address after; true if there was none, and the words are 0. */
function stepUp(words: Uint32Array): boolean {
  for (let i = words.length - 1; i >= 0; i--) {
    words[i]!++;
    if (words[i] !== 0) return false;
  }
  return true;
}
