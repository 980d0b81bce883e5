/** What keeps nearly all addresses from being looked up in the ranges of an indicator set: a hash, one read, mostly "no". */

/** Knuth's multiplicative hash. */
const FACTOR = 0x9e3779b1;
const IPV6_FILTER_BYTES = 1 << 16;

/** For each value of the first 16 bits, and one more, the first range that ends in it or later. */
export function toIpv4Buckets(ends: Uint32Array): Uint32Array<ArrayBuffer> {
  const buckets = new Uint32Array(65_537);
  for (let bucket = 0, range = 0; bucket <= 65_536; bucket++) {
    while (range < ends.length && ends[range]! < bucket * 65_536) range++;
    buckets[bucket] = range;
  }
  return buckets;
}

/**
 * A bit for each /24 that a range touches. 16 times as many bits as ranges leave few false answers, 8 KiB stay in the nearest
 * cache, and 2 MiB are a bit for each /24 there is.
 */
export function toIpv4Filter(starts: Uint32Array, ends: Uint32Array): Uint32Array<ArrayBuffer> {
  let bits = 16;
  while (bits < 24 && 2 ** (bits - 4) < starts.length) bits++;
  const filter = new Uint32Array(2 ** (bits - 5));
  for (let range = 0; range < starts.length; range++) {
    const last = ends[range]! >>> 8;
    for (let block = starts[range]! >>> 8; block <= last; block++) {
      const bit = hashIpv4(block, bits);
      filter[bit >>> 5]! |= 1 << (bit & 31);
    }
  }
  return filter;
}

/** Which of 2^bits bits of the filter the first 24 bits of an address have. */
export function hashIpv4(block: number, bits: number): number {
  return Math.imul(block, FACTOR) >>> (32 - bits);
}

/** The bits of an IPv6 address that its filter is over: prefixes shorter than 32 bits shorten it for all. */
export function toIpv6Mask(prefixLengths: Uint8Array): number {
  const kept = prefixLengths.reduce((least, length) => Math.min(least, length), 32);
  return kept === 0 ? 0 : (0xffffffff << (32 - kept)) >>> 0;
}

/** A byte for each hash of the first 32 bits, under the mask, of networks with four words each. */
export function toIpv6Filter(networks: Uint32Array, mask: number): Uint8Array<ArrayBuffer> {
  const filter = new Uint8Array(IPV6_FILTER_BYTES);
  for (let at = 0; at < networks.length; at += 4) filter[hashIpv6(networks[at]! & mask)] = 1;
  return filter;
}

/** Where in the filter the first 32 bits under the mask are. */
export function hashIpv6(word: number): number {
  return Math.imul(word, FACTOR) >>> 16;
}
