/**
 * Indicators → a set that answers two questions: may this address be in it (asked four times a record, so it must cost
 * nanoseconds) and, for the few that may, which indicator is credited. Addresses and CIDRs cost the same.
 */
import { type AddressWords, formatAddress, maskWords, type Network } from './address.ts';
import type { Indicator } from './indicator.ts';

/** An address that lies in an indicator. */
export type IndicatorAddress = {
  readonly address: string;
  /** The most specific indicator that holds the address; only it is credited. */
  readonly indicator: Indicator;
  /** The other indicators that hold it, as canonical text, longest prefix first. */
  readonly alsoIn: readonly string[];
};

export type IndicatorSet = {
  readonly ipv4: Ipv4Ranges;
  readonly ipv6: Ipv6Filter;
  readonly resolve: (words: AddressWords) => IndicatorAddress | undefined;
};

/** Merged, sorted ranges behind an index by the first 16 bits: exact, and most buckets are empty. */
export type Ipv4Ranges = {
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** For each value of the first 16 bits, and one more, the first range that ends in it or later. */
  readonly buckets: Uint32Array<ArrayBuffer>;
};

/** One byte per hash of an address's first 32 bits under `mask`: no false "no", few false "yes". */
export type Ipv6Filter = { readonly isEmpty: boolean; readonly mask: number; readonly bytes: Uint8Array<ArrayBuffer> };

/** Builds the set. An address inside `allowed` is never in it, whatever a list says. */
export function compileIndicators(indicators: readonly Indicator[], allowed: readonly Network[] = []): IndicatorSet {
  const lookup = compileLookup(indicators.map((indicator) => [indicator.network, indicator] as const));
  const isAllowed = compileLookup(allowed.map((network) => [network, network] as const));
  return {
    ipv4: compileIpv4Ranges(indicators),
    ipv6: compileIpv6Filter(indicators),
    resolve: (words) => {
      const [indicator, ...others] = lookup(words);
      if (indicator === undefined || isAllowed(words).length > 0) return undefined;
      return { address: formatAddress(words), indicator, alsoIn: others.map((other) => other.text) };
    },
  };
}

/** All values whose network holds the address, longest prefix first: one map look-up per prefix length in use. */
function compileLookup<T>(entries: readonly (readonly [Network, T])[]): (words: AddressWords) => T[] {
  const byLength = { 4: new Map<number, Map<string, T>>(), 6: new Map<number, Map<string, T>>() };
  for (const [network, value] of entries) {
    const lengths = byLength[network.family];
    const networks = lengths.get(network.prefixLength) ?? new Map<string, T>();
    networks.set(network.words.join(), value);
    lengths.set(network.prefixLength, networks);
  }
  const longestFirst = { 4: sortLengths(byLength[4]), 6: sortLengths(byLength[6]) };
  return (words) =>
    longestFirst[words.length === 1 ? 4 : 6]
      .map(([prefixLength, networks]) => networks.get(maskWords(words, prefixLength).join()))
      .filter((value) => value !== undefined);
}

function sortLengths<T>(lengths: Map<number, Map<string, T>>): [number, Map<string, T>][] {
  return [...lengths].sort(([a], [b]) => b - a);
}

/** Whether an IPv4 address lies in an indicator. */
export function holdsIpv4({ starts, ends, buckets }: Ipv4Ranges, word: number): boolean {
  const bucket = word >>> 16;
  let low = buckets[bucket]!;
  let high = Math.min(buckets[bucket + 1]! + 1, starts.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (word < starts[middle]!) high = middle;
    else if (word > ends[middle]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** Whether an IPv6 address may lie in an indicator, by its first 32 bits. */
export function mayHoldIpv6({ isEmpty, mask, bytes }: Ipv6Filter, firstWord: number): boolean {
  return !isEmpty && bytes[hashWord(firstWord & mask)] === 1;
}

function compileIpv4Ranges(indicators: readonly Indicator[]): Ipv4Ranges {
  const networks = indicators.map((indicator) => indicator.network).filter((network) => network.family === 4);
  const { starts, ends } = mergeRanges(networks);
  const buckets = new Uint32Array(65_537);
  for (let bucket = 0, range = 0; bucket <= 65_536; bucket++) {
    while (range < starts.length && ends[range]! < bucket * 65_536) range++;
    buckets[bucket] = range;
  }
  return { starts, ends, buckets };
}

function mergeRanges(networks: readonly Network[]): Pick<Ipv4Ranges, 'starts' | 'ends'> {
  const sorted = networks
    .map((network) => ({ start: network.words[0]!, end: network.words[0]! + 2 ** (32 - network.prefixLength) - 1 }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: { start: number; end: number }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return {
    starts: Uint32Array.from(merged, (range) => range.start),
    ends: Uint32Array.from(merged, (range) => range.end),
  };
}

const FILTER_BYTES = 1 << 16;

/** Prefixes shorter than 32 bits (none passes under /16) shorten the mask for all. */
function compileIpv6Filter(indicators: readonly Indicator[]): Ipv6Filter {
  const networks = indicators.map((indicator) => indicator.network).filter((network) => network.family === 6);
  const keptBits = Math.min(32, ...new Set(networks.map((network) => network.prefixLength)));
  const mask = keptBits === 0 ? 0 : (0xffffffff << (32 - keptBits)) >>> 0;
  const bytes = new Uint8Array(FILTER_BYTES);
  for (const network of networks) bytes[hashWord(network.words[0]! & mask)] = 1;
  return { isEmpty: networks.length === 0, mask, bytes };
}

/** Knuth's multiplicative hash, upper 16 bits. */
function hashWord(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 16;
}
