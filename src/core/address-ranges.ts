/** Ranges of addresses → a set that the address index can be asked about. */
import { hashIpv6, toIpv4Buckets, toIpv4Filter } from './address-filter.ts';
import type { AddressSet } from './address-membership.ts';

/** First and last address, as numbers of 32 or 128 bits. */
export type AddressRange = readonly [first: bigint, last: bigint];

/** In any order, overlapping or not. */
export type RangeList = { readonly ipv4: readonly AddressRange[]; readonly ipv6: readonly AddressRange[] };

export function toAddressSet({ ipv4, ipv6 }: RangeList): AddressSet {
  return { ipv4: toIpv4(uniteRanges(ipv4)), ipv6: toIpv6(uniteRanges(ipv6)) };
}

/** Whether there is no address in the set. */
export function isEmpty({ ipv4, ipv6 }: AddressSet): boolean {
  return ipv4.owners.length === 0 && ipv6.owners.length === 0;
}

/** Disjoint and ascending. */
function uniteRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const united: AddressRange[] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const before = united.at(-1);
    if (before === undefined || before[1] + 1n < first) united.push([first, last]);
    else if (before[1] < last) united.splice(-1, 1, [before[0], last]);
  }
  return united;
}

function toIpv4(ranges: readonly AddressRange[]): AddressSet['ipv4'] {
  const starts = Uint32Array.from(ranges, ([first]) => Number(first));
  const ends = Uint32Array.from(ranges, ([, last]) => Number(last));
  const owners = new Uint32Array(ranges.length);
  return { starts, ends, owners, buckets: toIpv4Buckets(ends), filter: toIpv4Filter(starts, ends) };
}

function toIpv6(ranges: readonly AddressRange[]): AddressSet['ipv6'] {
  const toHalves = (address: bigint) => [address >> 64n, address & 0xffff_ffff_ffff_ffffn];
  const starts = BigUint64Array.from(ranges.flatMap(([first]) => toHalves(first)));
  const ends = BigUint64Array.from(ranges.flatMap(([, last]) => toHalves(last)));
  // All addresses of a range agree in the bits that its first and last agree in, and so in the bits of the filter.
  const kept = ranges.reduce((least, [a, b]) => Math.min(least, Math.clz32(firstWord(a) ^ firstWord(b))), 32);
  const mask = kept === 0 ? 0 : (0xffffffff << (32 - kept)) >>> 0;
  const filter = new Uint8Array(65_536);
  for (const [first] of ranges) filter[hashIpv6(firstWord(first) & mask)] = 1;
  return { starts, ends, owners: new Uint32Array(ranges.length), mask, filter };
}

function firstWord(address: bigint): number {
  return Number(address >> 96n);
}
