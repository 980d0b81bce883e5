/** Whether an address is in the indicator set. The host lays the set into memory as it is stored (src/core/indicator-set.ts). */

let filter: usize = 0;
let filterShift: u32 = 0;
let ipv4Starts: usize = 0;
let ipv4Ends: usize = 0;
let ipv4Buckets: usize = 0;
let ipv4Count: u32 = 0;
let ipv6Filter: usize = 0;
let ipv6Mask: u32 = 0;
let ipv6Starts: usize = 0;
let ipv6Ends: usize = 0;
let ipv6Count: u32 = 0;

/** Constant vectors, loaded: see ipv4.ts. */
const FACTORS: usize = memory.data<u32>([0x9e3779b1, 0x9e3779b1, 0x9e3779b1, 0x9e3779b1]);
const WORD_PLACES: usize = memory.data<u32>([0xfffffffc, 0xfffffffc, 0xfffffffc, 0xfffffffc]);

/** IPv4: disjoint ranges, behind an index by the first 16 bits, behind a hashed bit for each /24. */
export function setIpv4(count: u32, starts: usize, ends: usize, buckets: usize, filterAt: usize, filterBits: u32): void {
  ipv4Count = count;
  ipv4Starts = starts;
  ipv4Ends = ends;
  ipv4Buckets = buckets;
  filter = filterAt;
  filterShift = 32 - filterBits;
}

/** IPv6: disjoint ranges of two 64-bit halves, behind a byte per hash of the first 32 bits under `mask`. */
export function setIpv6(count: u32, starts: usize, ends: usize, filterAt: usize, mask: u32): void {
  ipv6Count = count;
  ipv6Starts = starts;
  ipv6Ends = ends;
  ipv6Filter = filterAt;
  ipv6Mask = mask;
}

/** Not 0 if the set may hold the address. */
// @ts-ignore: decorator
@inline
export function mayHoldIpv4(address: u32): u32 {
  const hash = ((address >>> 8) * 0x9e3779b1) >>> filterShift;
  return mayHoldBit((hash >>> 3) & ~3, hash);
}

/** Where the filter's bits are for four addresses, each given by its first 24 bits. */
// @ts-ignore: decorator
@inline
export function filterBits(blocks: v128): v128 {
  return i32x4.shr_u(i32x4.mul(blocks, v128.load(FACTORS)), filterShift);
}

/** Where their words are, from the filter's beginning. */
// @ts-ignore: decorator
@inline
export function filterWords(bits: v128): v128 {
  return v128.and(i32x4.shr_u(bits, 3), v128.load(WORD_PLACES));
}

/** 1 if the set may hold an address with that bit, in that word; else 0. */
// @ts-ignore: decorator
@inline
export function mayHoldBit(word: u32, bit: u32): u32 {
  return (load<u32>(filter + word) >>> bit) & 1;
}

export function holdsIpv4(address: u32): bool {
  const bucket = ipv4Buckets + ((address >>> 16) << 2);
  let low = load<u32>(bucket);
  let high = min(load<u32>(bucket, 4) + 1, ipv4Count);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (address < load<u32>(ipv4Starts + (middle << 2))) high = middle;
    else if (address > load<u32>(ipv4Ends + (middle << 2))) low = middle + 1;
    else return true;
  }
  return false;
}

export function holdsIpv6(high: u64, low: u64): bool {
  if (ipv6Count == 0) return false;
  const hash = ((((high >> 32) as u32) & ipv6Mask) * 0x9e3779b1) >>> 16;
  if (load<u8>(ipv6Filter + hash) == 0) return false;
  // The last range that begins at the address or before it.
  let from: u32 = 0;
  let to = ipv6Count;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBefore(high, low, ipv6Starts + (middle << 4))) to = middle;
    else from = middle + 1;
  }
  if (from == 0) return false;
  const end = ipv6Ends + ((from - 1) << 4);
  return load<u64>(end) > high || (load<u64>(end) == high && load<u64>(end, 8) >= low);
}

function isBefore(high: u64, low: u64, place: usize): bool {
  const other = load<u64>(place);
  return high < other || (high == other && low < load<u64>(place, 8));
}
