/**
 * Addresses of a record, and whether the indicator set may hold them. `touches` tells it of the line that is being read; the
 * host lays the set into the two tables here (src/core/indicator-set.ts).
 */

const MINUS: u8 = 45;
const DOT: u8 = 46;
const COLON: u8 = 58;

const IPV4_BUCKETS: usize = memory.data(65_537 * 4, 16);
const IPV6_FILTER: usize = memory.data(65_536, 16);
const GROUPS: usize = memory.data(32, 16);

export const ipv4BucketsAt: usize = IPV4_BUCKETS;
export const ipv6FilterAt: usize = IPV6_FILTER;

let rangeCount: u32 = 0;
let rangeStarts: usize = 0;
let rangeEnds: usize = 0;
let ipv6Mask: u32 = 0;
let hasIpv6: bool = false;
let mayMatch: bool = false;
let word: u32 = 0;

/** Forgets the addresses of the line before. */
export function beginLine(): void {
  mayMatch = false;
}

/** Whether an address read since `beginLine` may be in the set. */
export function touches(): bool {
  return mayMatch;
}

/** The indicator set: merged IPv4 ranges in two arrays, and whether and by which bits IPv6 is filtered. */
export function setIndicators(count: u32, starts: usize, ends: usize, mask: u32, isIpv6: bool): void {
  rangeCount = count;
  rangeStarts = starts;
  rangeEnds = ends;
  ipv6Mask = mask;
  hasIpv6 = isIpv6;
}

/** `-`, IPv4 or IPv6; notes whether the indicator set may hold it. */
export function isAddress(from: usize, to: usize): bool {
  if (readIpv4(from, to)) {
    mayMatch = mayMatch || holdsIpv4(word);
    return true;
  }
  if (to - from == 1 && load<u8>(from) == MINUS) return true;
  return isIpv6(from, to);
}

/** Four octets without leading zeros into `word`. */
function readIpv4(from: usize, to: usize): bool {
  const length = to - from;
  if (length < 7 || length > 15) return false;
  let value: u32 = 0;
  let octet: u32 = 0;
  let digits: u32 = 0;
  let dots: u32 = 0;
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    const digit = (byte as u32) - 48;
    if (digit <= 9) {
      if (digits != 0 && octet == 0) return false;
      octet = octet * 10 + digit;
      if (++digits > 3) return false;
    } else {
      if (byte != DOT || digits == 0 || octet > 255 || ++dots > 3) return false;
      value = (value << 8) | octet;
      octet = 0;
      digits = 0;
    }
  }
  if (dots != 3 || digits == 0 || octet > 255) return false;
  word = (value << 8) | octet;
  return true;
}

function holdsIpv4(address: u32): bool {
  const bucket = IPV4_BUCKETS + ((address >>> 16) << 2);
  let low = load<u32>(bucket);
  let high = min(load<u32>(bucket, 4) + 1, rangeCount);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (address < load<u32>(rangeStarts + (middle << 2))) high = middle;
    else if (address > load<u32>(rangeEnds + (middle << 2))) low = middle + 1;
    else return true;
  }
  return false;
}

function holdsIpv6(first: u32): bool {
  return hasIpv6 && load<u8>(IPV6_FILTER + (((first & ipv6Mask) * 0x9e3779b1) >>> 16)) != 0;
}

/** Eight groups of up to four hex digits, one `::`, perhaps a dotted quad at the end. IPv4-mapped is IPv4. */
function isIpv6(from: usize, to: usize): bool {
  let count: usize = 0;
  let gap: i32 = -1;
  let at = from;
  if (to - from < 2) return false;
  if (load<u8>(at) == COLON) {
    if (load<u8>(at + 1) != COLON) return false;
    gap = 0;
    at += 2;
  }
  while (at < to) {
    if (count == 8) return false;
    const groupEnd = readGroup(at, to, count);
    if (groupEnd == 0) return false;
    if (groupEnd < to && load<u8>(groupEnd) == DOT) {
      if (count > 6 || !readIpv4(at, to)) return false;
      store<u16>(GROUPS + (count << 1), (word >>> 16) as u16);
      store<u16>(GROUPS + ((count + 1) << 1), (word & 0xffff) as u16);
      count += 2;
      at = to;
      break;
    }
    count++;
    at = groupEnd;
    if (at == to) break;
    if (load<u8>(at) != COLON) return false;
    at++;
    if (at == to) return false;
    if (load<u8>(at) == COLON) {
      if (gap >= 0) return false;
      gap = count as i32;
      at++;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return false;
  noteIpv6(count, gap);
  return true;
}

function readGroup(from: usize, to: usize, index: usize): usize {
  let value: u32 = 0;
  let at = from;
  while (at < to) {
    const digit = hexDigit(load<u8>(at));
    if (digit > 15) break;
    if (at - from == 4) return 0;
    value = (value << 4) | digit;
    at++;
  }
  store<u16>(GROUPS + (index << 1), value as u16);
  return at == from ? 0 : at;
}

function hexDigit(byte: u8): u32 {
  const digit = (byte as u32) - 48;
  if (digit <= 9) return digit;
  const letter = ((byte as u32) | 32) - 97;
  return letter <= 5 ? letter + 10 : 16;
}

/** The address as eight groups: those before the gap, zeros, those behind it. */
function noteIpv6(count: usize, gap: i32): void {
  if (gap >= 0) {
    const behind = count - (gap as usize);
    memory.copy(GROUPS + ((8 - behind) << 1), GROUPS + ((gap as usize) << 1), behind << 1);
    memory.fill(GROUPS + ((gap as usize) << 1), 0, (8 - count) << 1);
  }
  const isMapped = load<u64>(GROUPS) == 0 && load<u16>(GROUPS, 8) == 0 && load<u16>(GROUPS, 10) == 0xffff;
  if (isMapped) {
    mayMatch = mayMatch || holdsIpv4(((load<u16>(GROUPS, 12) as u32) << 16) | load<u16>(GROUPS, 14));
  } else mayMatch = mayMatch || holdsIpv6(((load<u16>(GROUPS) as u32) << 16) | load<u16>(GROUPS, 2));
}
