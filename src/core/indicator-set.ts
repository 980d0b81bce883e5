/**
 * The indicator set: is this address an indicator's (asked four times a record, so it must cost nanoseconds), and, for the few
 * that are, which one is credited. Addresses and CIDRs cost the same. All of it is views over one block of bytes.
 */
import { type AddressWords, formatAddress, formatPrefix, type Network } from './address.ts';
import { hashIpv6 } from './address-filter.ts';
import type { Indicator } from './indicator.ts';
import { toIndicatorColumns } from './indicator-columns.ts';
import { compileColumns } from './indicator-compiler.ts';
import { readIndicatorFile, type SetColumns, writeIndicatorFile } from './indicator-file.ts';
import { NOBODY } from './indicator-ranges.ts';
import { openStrings } from './string-table.ts';

/** An address that lies in an indicator. */
export type IndicatorAddress = {
  readonly address: string;
  /** The most specific indicator that holds the address; only it is credited. */
  readonly indicator: Indicator;
  /** The other indicators that hold it, as canonical text, longest prefix first. */
  readonly alsoIn: readonly string[];
};

export type IndicatorSet = {
  /** What is stored, and opened again without being parsed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ipv4: Ipv4Ranges;
  readonly ipv6: Ipv6Ranges;
  readonly resolve: (words: AddressWords) => IndicatorAddress | undefined;
};

/** Disjoint ranges, ascending, both ends in them; what is allowed is in none, so that membership is exact. */
export type Ipv4Ranges = {
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** For each range, the number of the indicator that is credited. */
  readonly owners: Uint32Array<ArrayBuffer>;
  /** For each value of the first 16 bits, and one more, the first range that ends in it or later. */
  readonly buckets: Uint32Array<ArrayBuffer>;
  /** A bit for each hash of the first 24 bits, see toIpv4Filter: no false "no", few false "yes". */
  readonly filter: Uint32Array<ArrayBuffer>;
};

/** As of IPv4, with two halves of 64 bits per address, the high one first. */
export type Ipv6Ranges = {
  readonly starts: BigUint64Array<ArrayBuffer>;
  readonly ends: BigUint64Array<ArrayBuffer>;
  readonly owners: Uint32Array<ArrayBuffer>;
  /** A byte for each hash of the first 32 bits under `mask`: no false "no", few false "yes". */
  readonly mask: number;
  readonly filter: Uint8Array<ArrayBuffer>;
};

/** Builds the set. An address inside `allowed` is never in it, whatever a list says. */
export function compileIndicators(indicators: Iterable<Indicator>, allowed: readonly Network[] = []): IndicatorSet {
  return openIndicatorSet(writeIndicatorFile(compileColumns(toIndicatorColumns(indicators), allowed)));
}

/** Opens stored bytes; throws IndicatorFileUnreadable where they are no set, or not whole. */
export function openIndicatorSet(stored: Uint8Array): IndicatorSet {
  const { bytes, columns } = readIndicatorFile(stored);
  const ipv4 = {
    starts: columns.ipv4Starts,
    ends: columns.ipv4Ends,
    owners: columns.ipv4Owners,
    buckets: columns.ipv4Buckets,
    filter: columns.ipv4Filter,
  };
  const ipv6 = {
    starts: columns.ipv6Starts,
    ends: columns.ipv6Ends,
    owners: columns.ipv6Owners,
    mask: columns.ipv6Mask[0]!,
    filter: columns.ipv6Filter,
  };
  const credit = openCredit(columns);
  const resolve = (words: AddressWords): IndicatorAddress | undefined => {
    const range = words.length === 1 ? findIpv4(ipv4, words[0]!) : findIpv6(ipv6, words);
    const owner = (words.length === 1 ? ipv4 : ipv6).owners[range];
    return owner === undefined ? undefined : { address: formatAddress(words), ...credit(owner) };
  };
  return { bytes, ipv4, ipv6, resolve };
}

type Credit = Pick<IndicatorAddress, 'indicator' | 'alsoIn'>;
/** Hits repeat: what was read for one of these is not read again for the next record. */
const MOST_KEPT = 10_000;

/** A function that reads the indicator of a number and those around it. */
function openCredit(columns: SetColumns): (number: number) => Credit {
  const kept = new Map<number, Credit>();
  const textOf = openStrings({ ends: columns.textEnds, bytes: columns.texts });
  return (number) => {
    const known = kept.get(number);
    if (known !== undefined) return known;
    const alsoIn: string[] = [];
    for (let i = columns.parents[number]!; i !== NOBODY; i = columns.parents[i]!)
      alsoIn.push(networkOf(columns, i).text);
    const credit = { indicator: indicatorOf(columns, number, textOf), alsoIn };
    if (kept.size === MOST_KEPT) kept.clear();
    kept.set(number, credit);
    return credit;
  };
}

function indicatorOf(columns: SetColumns, number: number, textOf: (text: number) => string): Indicator {
  const network = networkOf(columns, number);
  const [comment, source] = [textOf(columns.comments[number]!), textOf(columns.sources[number]!)];
  return { text: network.text, network, comment, source };
}

function networkOf({ ipv4Networks, ipv6Networks, prefixLengths }: SetColumns, number: number): Network {
  const at = (number - ipv4Networks.length) * 4;
  const words = at < 0 ? ipv4Networks.subarray(number, number + 1) : ipv6Networks.subarray(at, at + 4);
  const prefix = { family: at < 0 ? 4 : 6, words: [...words], prefixLength: prefixLengths[number]! } as const;
  return { ...prefix, text: formatPrefix(prefix) };
}

/** Whether an IPv4 address lies in an indicator. */
export function holdsIpv4(ranges: Ipv4Ranges, word: number): boolean {
  return findIpv4(ranges, word) >= 0;
}

/** Whether an IPv6 address lies in an indicator. */
export function holdsIpv6(ranges: Ipv6Ranges, words: AddressWords): boolean {
  return findIpv6(ranges, words) >= 0;
}

/** Whether an IPv6 address may lie in an indicator, by its first 32 bits. */
export function mayHoldIpv6({ owners, mask, filter }: Ipv6Ranges, firstWord: number): boolean {
  return owners.length > 0 && filter[hashIpv6(firstWord & mask)] === 1;
}

/** The number of the range that holds the address, or -1. */
function findIpv4({ starts, ends, buckets }: Ipv4Ranges, word: number): number {
  const bucket = word >>> 16;
  let low = buckets[bucket]!;
  let high = Math.min(buckets[bucket + 1]! + 1, starts.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (word < starts[middle]!) high = middle;
    else if (word > ends[middle]!) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** The number of the range that holds the address, or -1. */
function findIpv6({ starts, ends, owners }: Ipv6Ranges, words: AddressWords): number {
  const high = (BigInt(words[0]!) << 32n) | BigInt(words[1]!);
  const low = (BigInt(words[2]!) << 32n) | BigInt(words[3]!);
  const isBefore = (aHigh: bigint, aLow: bigint, bHigh: bigint, bLow: bigint) =>
    aHigh < bHigh || (aHigh === bHigh && aLow < bLow);
  let from = 0;
  let to = owners.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const at = middle * 2;
    if (isBefore(high, low, starts[at]!, starts[at + 1]!)) to = middle;
    else if (isBefore(ends[at]!, ends[at + 1]!, high, low)) from = middle + 1;
    else return middle;
  }
  return -1;
}
