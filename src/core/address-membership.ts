/** Whether addresses, as columns of words, lie in a set; and whether any between two of them may. */

import { hashIpv4 } from './address-filter.ts';
import type { BlockEntry } from './address-index.ts';
import { holdsIpv4, type IndicatorSet, type Ipv4Ranges, mayHoldIpv6 } from './indicator-set.ts';

/** The addresses that are sought. */
export type AddressSet = Pick<IndicatorSet, 'ipv4' | 'ipv6'>;

/** Whether one of the first `count` addresses is in the set. */
export function holdsAny({ ipv4, ipv6 }: AddressSet, words: readonly Uint32Array[], count: number): boolean {
  const [first] = words;
  if (words.length === 1) return holdsAnyIpv4(ipv4, first!, count);
  const [starts, ends] = [toWords(ipv6.starts), toWords(ipv6.ends)];
  const [, b, c, d] = words;
  for (let i = 0; i < count; i++) {
    if (mayHoldIpv6(ipv6, first![i]!) && isInRange(first![i]!, b![i]!, c![i]!, d![i]!, starts, ends)) return true;
  }
  return false;
}

/** The filter first: of a hundred thousand ranges, the buckets and the ranges do not fit into the nearer caches. */
function holdsAnyIpv4(ranges: Ipv4Ranges, words: Uint32Array, count: number): boolean {
  const { filter } = ranges;
  const bits = Math.log2(filter.length) + 5;
  for (let i = 0; i < count; i++) {
    const bit = hashIpv4(words[i]! >>> 8, bits);
    if ((filter[bit >>> 5]! >>> (bit & 31)) & 1 && holdsIpv4(ranges, words[i]!)) return true;
  }
  return false;
}

/** How many ranges of the set lie, with an address at least, between the least and greatest of a block. */
export function countRanges({ ipv4, ipv6 }: AddressSet, [least, greatest]: BlockEntry): number {
  if (least.length === 8) return countIpv4(ipv4, Number.parseInt(least, 16), Number.parseInt(greatest, 16));
  const count = ipv6.owners.length;
  if (count === 0) return 0;
  const [from, to] = [BigInt(`0x${least}`), BigInt(`0x${greatest}`)];
  const at = (halves: BigUint64Array, i: number) => (halves[i * 2]! << 64n) | halves[i * 2 + 1]!;
  const first = firstRange(0, count, (i) => at(ipv6.ends, i) >= from);
  return firstRange(first, count, (i) => at(ipv6.starts, i) > to) - first;
}

/** The buckets leave a few of the ranges to look at, out of a hundred thousand. */
function countIpv4({ starts, ends, buckets }: Ipv4Ranges, from: number, to: number): number {
  const [low, high] = [from >>> 16, to >>> 16];
  const first = firstFrom(from, ends, buckets[low]!, buckets[low + 1]!);
  // Of those that end behind the bucket's last address, the first may begin in it.
  const behind = Math.min(buckets[high + 1]! + 1, starts.length);
  return firstFrom(to + 1, starts, Math.max(first, buckets[high]!), behind) - first;
}

/** The first of the ranges from `from` on for which it is so, else `to`; for all after it, it is so too. */
function firstRange(from: number, to: number, isSo: (range: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The same of numbers, from `least` on. By firstRange, whose calls V8 does not inline, a hundred thousand indicators take 2 % longer. */
function firstFrom(least: number, numbers: Uint32Array, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! >= least) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The halves of 64 bits as words, four to an address; of a half the low word lies first. */
function toWords({ buffer, byteOffset, length }: BigUint64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length * 2);
}

/** Without a BigInt for each address: the last range that does not begin after it is the only one that may hold it. */
function isInRange(a: number, b: number, c: number, d: number, starts: Uint32Array, ends: Uint32Array): boolean {
  let low = 0;
  let high = starts.length / 4;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(a, b, c, d, starts, middle * 4) < 0) high = middle;
    else low = middle + 1;
  }
  return low > 0 && compare(a, b, c, d, ends, (low - 1) * 4) <= 0;
}

function compare(a: number, b: number, c: number, d: number, words: Uint32Array, at: number): number {
  if (a !== words[at + 1]) return a - words[at + 1]!;
  if (b !== words[at]) return b - words[at]!;
  if (c !== words[at + 3]) return c - words[at + 3]!;
  return d - words[at + 2]!;
}
