/** Texts of IPv6 addresses → numbers: all digits at once by SIMD, then group by group. */
import { ALL_NINES, ALL_ZEROS, BAD, readQuad } from './ipv4';

const COLON: u8 = 58;
/** What `readIpv6` answers if it is one, and no IPv4-mapped one. */
export const IPV6: i64 = -2;
/** The address that was read last. */
export let ipv6High: u64 = 0;
export let ipv6Low: u64 = 0;

const GROUPS: usize = memory.data(32, 16);
/** Values of the digits of an IPv6 text, a byte each; before them, what a group of one digit reaches back to. */
const NIBBLES: usize = memory.data(4 + 48, 16);
/** Six groups and a dotted quad; eight groups take 39. */
const LONGEST_IPV6: u32 = 45;

/** Eight groups of up to four hex digits, one `::`, perhaps a dotted quad at the end. */
export function readIpv6(from: usize, to: usize): i64 {
  const length = (to - from) as u32;
  if (length < 2 || length > LONGEST_IPV6) return BAD;
  const low = classify(from, 0);
  const middle = classify(from, 16);
  const high = classify(from, 32);
  const end = (1 as u64) << (length as u64);
  const colons = (((low & 0xffff) as u64) | (((middle & 0xffff) as u64) << 16) | (((high & 0xffff) as u64) << 32)) & (end - 1);
  const others = (((low >>> 16) as u64) | (((middle >>> 16) as u64) << 16) | (((high >>> 16) as u64) << 32)) & (end - 1);
  if (others == 0) return readGroups(colons, length, length, 0);
  // Then these are dots, behind the last colon.
  const quadAt = (64 - clz(colons)) as u32;
  if ((others & (((1 as u64) << (quadAt as u64)) - 1)) != 0) return BAD;
  const quad = readQuad(from + (quadAt as usize), length - quadAt);
  return quad < 0 ? BAD : readGroups(colons, length, quadAt, quad as u32);
}

/** Lays the values of 16 digits; bits 0-15 are the colons, 16-31 what is neither. */
// @ts-ignore: decorator
@inline
function classify(from: usize, offset: usize): u32 {
  const bytes = v128.load(from + offset);
  const letters = i8x16.sub(v128.or(bytes, i8x16.splat(32)), i8x16.splat(97));
  const isLetter = i8x16.le_u(letters, i8x16.splat(5));
  const isDigit = i8x16.le_u(i8x16.sub(bytes, v128.load(ALL_ZEROS)), v128.load(ALL_NINES));
  const isColon = i8x16.eq(bytes, i8x16.splat(COLON));
  const values = i8x16.add(v128.and(bytes, i8x16.splat(15)), v128.and(isLetter, v128.load(ALL_NINES)));
  v128.store(NIBBLES + 4 + offset, values);
  return (i8x16.bitmask(isColon) as u32) | ((i8x16.bitmask(v128.not(v128.or(isColon, v128.or(isDigit, isLetter)))) as u32) << 16);
}

/** A quad, if there is one, begins at `quadAt`; it is two groups. */
function readGroups(colons: u64, length: u32, quadAt: u32, quad: u32): i64 {
  let count: u32 = 0;
  let gap: i32 = -1;
  let at: u32 = 0;
  if ((colons & 1) != 0) {
    if ((colons & 2) == 0) return BAD;
    gap = 0;
    at = 2;
  }
  const ends = colons | ((1 as u64) << (length as u64));
  while (at < length) {
    if (at == quadAt) {
      if (count > 6) return BAD;
      store<u16>(GROUPS + (count << 1), (quad >>> 16) as u16);
      store<u16>(GROUPS + (count << 1), quad as u16, 2);
      count += 2;
      break;
    }
    const digits = ctz(ends >> (at as u64)) as u32;
    if (digits == 0 || digits > 4 || count == 8) return BAD;
    at += digits;
    // Four values end here, of which the first are not of this group.
    const values = load<u32>(NIBBLES + at) & (0xffffffff << (32 - (digits << 3)));
    const bytes = ((values << 4) | (values >>> 8)) & 0x00ff00ff;
    store<u16>(GROUPS + (count << 1), ((bytes << 8) | (bytes >>> 16)) as u16);
    count++;
    if (at == length) break;
    at++;
    if (at == length) return BAD;
    if (((colons >> (at as u64)) & 1) != 0) {
      if (gap >= 0) return BAD;
      gap = count as i32;
      at++;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return BAD;
  return joinGroups(count, gap);
}

/** The groups before the gap, zeros, the groups behind it. IPv4-mapped is IPv4. */
function joinGroups(count: usize, gap: i32): i64 {
  if (gap >= 0) {
    // A builtin for these few would take longer than all the rest.
    let to: usize = 8;
    for (let from = count; from > (gap as usize); ) store<u16>(GROUPS + (--to << 1), load<u16>(GROUPS + (--from << 1)));
    while (to > (gap as usize)) store<u16>(GROUPS + (--to << 1), 0);
  }
  ipv6High = joinHalf(GROUPS);
  ipv6Low = joinHalf(GROUPS + 8);
  return ipv6High == 0 && ipv6Low >> 32 == 0xffff ? (((ipv6Low as u32) as u64) as i64) : IPV6;
}

function joinHalf(at: usize): u64 {
  const high = ((load<u16>(at) as u64) << 16) | (load<u16>(at, 2) as u64);
  return (high << 32) | ((load<u16>(at, 4) as u64) << 16) | (load<u16>(at, 6) as u64);
}
