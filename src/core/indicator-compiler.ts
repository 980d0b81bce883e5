/** Indicators and an allowlist → the columns of an indicator set. */
import type { Network } from './address.ts';
import { toIpv4Buckets, toIpv4Filter, toIpv6Filter, toIpv6Mask } from './address-filter.ts';
import { type FamilyColumns, pickFamily } from './family-columns.ts';
import type { IndicatorColumns } from './indicator-columns.ts';
import type { SetColumns } from './indicator-file.ts';
import { NOBODY, toOwnedRanges } from './indicator-ranges.ts';
import { type NetworkColumns, toNetworkColumns } from './network-order.ts';

/** Compiles them. An address inside `allowed` is in no range, whatever a list says. */
export function compileColumns(indicators: IndicatorColumns, allowed: readonly Network[]): SetColumns {
  const ipv4 = compileFamily(indicators.ipv4, allowed);
  const ipv6 = compileFamily(indicators.ipv6, allowed);
  const before = ipv4.lengths.length;
  const count = before + ipv6.lengths.length;
  const ipv6Mask = toIpv6Mask(ipv6.lengths);
  return {
    ipv4Starts: ipv4.starts,
    ipv4Ends: ipv4.ends,
    ipv4Owners: ipv4.owners,
    ipv4Buckets: toIpv4Buckets(ipv4.ends),
    ipv4Filter: toIpv4Filter(ipv4.starts, ipv4.ends),
    ipv6Starts: toHalves(ipv6.starts),
    ipv6Ends: toHalves(ipv6.ends),
    ipv6Owners: renumber(ipv6.owners, before),
    ipv6Mask: Uint32Array.of(ipv6Mask),
    ipv6Filter: toIpv6Filter(ipv6.words, ipv6Mask),
    ipv4Networks: ipv4.words,
    ipv6Networks: ipv6.words,
    prefixLengths: append(new Uint8Array(count), ipv4.lengths, ipv6.lengths),
    parents: append(new Uint32Array(count), ipv4.parents, renumber(ipv6.parents, before)),
    comments: append(new Uint32Array(count), ipv4.comments, ipv6.comments),
    sources: append(new Uint32Array(count), ipv4.sources, ipv6.sources),
    textEnds: indicators.texts.ends,
    texts: indicators.texts.bytes,
  };
}

/** Ranges of one family, and its indicators in the order of their numbers. */
function compileFamily(list: FamilyColumns, allowed: readonly Network[]) {
  const { places, ...ranges } = toOwnedRanges(withAllowed(list, allowed), list.lengths.length);
  return { ...ranges, ...pickFamily(list, places) };
}

function withAllowed({ width, words, lengths }: NetworkColumns, allowed: readonly Network[]): NetworkColumns {
  const family = width === 1 ? 4 : 6;
  const networks = allowed.filter((network) => network.family === family);
  const count = lengths.length + networks.length;
  const more = toNetworkColumns(networks, width);
  return {
    width,
    words: append(new Uint32Array(count * width), words, more.words),
    lengths: append(new Uint8Array(count), lengths, more.lengths),
  };
}

/** Four words per address → two halves, the high one first; within a half the low word comes first, as numbers lie. */
function toHalves(words: Uint32Array): BigUint64Array<ArrayBuffer> {
  const halves = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) halves[i ^ 1] = words[i]!;
  return new BigUint64Array(halves.buffer);
}

function renumber(numbers: Uint32Array<ArrayBuffer>, by: number): Uint32Array<ArrayBuffer> {
  return numbers.map((number) => (number === NOBODY ? NOBODY : number + by));
}

function append<T extends Uint32Array | Uint8Array>(into: T, first: T, second: T): T {
  into.set(first);
  into.set(second, first.length);
  return into;
}
