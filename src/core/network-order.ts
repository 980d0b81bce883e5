/** Networks column by column, and their order: a million objects would take hundreds of MB, and a comparing sort a second. */
import type { Network } from './address.ts';

/** Networks of one family. `words` has one word per network for IPv4, four for IPv6, most significant first. */
export type NetworkColumns = {
  readonly width: 1 | 4;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly lengths: Uint8Array<ArrayBuffer>;
};

/** Lays networks of one family side by side. */
export function toNetworkColumns(networks: readonly Network[], width: 1 | 4): NetworkColumns {
  const words = new Uint32Array(networks.length * width);
  for (const [i, network] of networks.entries()) words.set(network.words, i * width);
  return { width, words, lengths: Uint8Array.from(networks, ({ prefixLength }) => prefixLength) };
}

/**
 * Numbers of the networks by first address, wider ones first; equal ones keep their order. A radix sort by bytes, the least
 * significant first: the bytes of a word lie that way round on every machine that Node runs on.
 */
export function sortNetworks({ width, words, lengths }: NetworkColumns): Uint32Array {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  let order = Uint32Array.from(lengths.keys());
  let spare = new Uint32Array(order.length);
  const sortBy = (column: Uint8Array, stride: number, at: number) => {
    if (sortByByte(order, spare, column, stride, at)) [order, spare] = [spare, order];
  };
  sortBy(lengths, 1, 0);
  for (let word = width - 1; word >= 0; word--) {
    for (let byte = 0; byte < 4; byte++) sortBy(bytes, width * 4, word * 4 + byte);
  }
  return order;
}

/** One pass of the sort; false where all have the same byte, and nothing was written. */
function sortByByte(order: Uint32Array, into: Uint32Array, bytes: Uint8Array, stride: number, at: number): boolean {
  const next = new Uint32Array(257);
  for (let i = 0; i < order.length; i++) next[bytes[i * stride + at]! + 1]!++;
  if (next.includes(order.length)) return false;
  for (let value = 1; value < 257; value++) next[value]! += next[value - 1]!;
  for (let i = 0; i < order.length; i++) {
    const number = order[i]!;
    into[next[bytes[number * stride + at]!]!++] = number;
  }
  return true;
}
