/** Texts of addresses → numbers. Dotted quads at once, by SIMD; the rest (IPv6, `-`, and what is none) byte by byte. */

const MINUS: u8 = 45;
const DOT: u8 = 46;
const COLON: u8 = 58;
const ZERO: u8 = 48;

/** What `readAddress` answers where it is not an IPv4 address. */
export const ABSENT: i64 = -1;
export const IPV6: i64 = -2;
export const BAD: i64 = -3;

/** Which of the 81 shapes of a dotted quad a text has, by where its dots and its end are; 0 is none. */
const SHAPES: usize = memory.data(65_536, 64);
/** For each shape, where the digits of each octet are: hundreds, tens, ones and nothing, last octet first. */
const DIGITS: usize = memory.data(82 * 16, 16);
/** For each shape, the first digits of octets of several digits: they must not be 0. */
const LEADING: usize = memory.data(82 * 16, 16);
const GROUPS: usize = memory.data(32, 16);

/** Constant vectors. V8 builds an immediate one anew at each use, by four instructions; loading one takes one. */
const ALL_DOTS: usize = memory.data<u8>([46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46]);
export const ALL_ZEROS: usize = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48]);
export const ALL_NINES: usize = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
const PLACES: usize = memory.data<u8>([100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0]);
const ONES: usize = memory.data<u16>([1, 1, 1, 1, 1, 1, 1, 1]);
const ABOVE_255: usize = memory.data<u32>([0xffffff00, 0xffffff00, 0xffffff00, 0xffffff00]);
const LOW_BYTES: usize = memory.data<u8>([0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);

/** The IPv6 address that was read last. */
export let ipv6High: u64 = 0;
export let ipv6Low: u64 = 0;

/** Fills the tables; once an instance. */
export function prepareShapes(): void {
  let shape: u32 = 1;
  for (let lengths: u32 = 0; lengths < 81; lengths++, shape++) {
    memory.fill(DIGITS + (shape << 4), 0xff, 16);
    memory.fill(LEADING + (shape << 4), 0, 16);
    let rest = lengths;
    let at: u32 = 0;
    let dots: u32 = 0;
    for (let octet: u32 = 0; octet < 4; octet++, rest /= 3) {
      const length: u32 = 1 + (rest % 3);
      const place = (shape << 4) + ((3 - octet) << 2) + (3 - length);
      for (let digit: u32 = 0; digit < length; digit++) store<u8>(DIGITS + place + digit, (at + digit) as u8);
      if (length > 1) store<u8>(LEADING + place, 0xff);
      at += length;
      dots |= 1 << at;
      at++;
    }
    store<u8>(SHAPES + dots, shape as u8);
  }
}

/** Which shape a text of `length` bytes has as a dotted quad, judged by its dots; 0 is none. 16 bytes from `from` can be read. */
// @ts-ignore: decorator
@inline
export function shapeOf(bytes: v128, length: u32): u32 {
  const dots = i8x16.bitmask(i8x16.eq(bytes, v128.load(ALL_DOTS))) as u32;
  const end = (1 as u32) << (length & 15);
  return select<u32>(load<u8>(SHAPES + ((dots & (end - 1)) | end)), 0, length < 16);
}

/** The digits of a text of that shape: hundreds, tens, ones and nothing, last octet first. */
// @ts-ignore: decorator
@inline
export function digitsOf(bytes: v128, shape: u32): v128 {
  return i8x16.relaxed_swizzle(i8x16.sub(bytes, v128.load(ALL_ZEROS)), v128.load(DIGITS + (shape << 4)));
}

/** The octets that digits make, last first. */
// @ts-ignore: decorator
@inline
export function octetsOf(digits: v128): v128 {
  const tens = i16x8.relaxed_dot_i8x16_i7x16_s(digits, v128.load(PLACES));
  return i32x4.dot_i16x8_s(tens, v128.load(ONES));
}

/** Not zero where a digit is none, a number begins with 0, or an octet is over 255. */
// @ts-ignore: decorator
@inline
export function wrongOf(shape: u32, digits: v128, octets: v128): v128 {
  const leadingZeros = v128.and(i8x16.eq(digits, i8x16.splat(0)), v128.load(LEADING + (shape << 4)));
  const large = v128.and(octets, v128.load(ABOVE_255));
  return v128.or(i8x16.gt_u(digits, v128.load(ALL_NINES)), v128.or(leadingZeros, large));
}

// @ts-ignore: decorator
@inline
export function numberOf(octets: v128): u32 {
  const packed = i8x16.relaxed_swizzle(octets, v128.load(LOW_BYTES));
  return i32x4.extract_lane(packed, 0) as u32;
}

/** A dotted quad to its number; `BAD` for anything else. */
function readQuad(from: usize, length: u32): i64 {
  const bytes = v128.load(from);
  const shape = shapeOf(bytes, length);
  const digits = digitsOf(bytes, shape);
  const octets = octetsOf(digits);
  if (shape == 0 || v128.any_true(wrongOf(shape, digits, octets))) return BAD;
  return numberOf(octets) as i64;
}

/** An address of any kind: its number if it is IPv4 or IPv4-mapped, `IPV6` (see `ipv6High`, `ipv6Low`), `ABSENT` or `BAD`. */
export function readAddress(from: usize, to: usize): i64 {
  const length = (to - from) as u32;
  const quad = length < 16 ? readQuad(from, length) : BAD;
  if (quad >= 0) return quad;
  if (length == 1 && load<u8>(from) == MINUS) return ABSENT;
  return readIpv6(from, to);
}

/** Eight groups of up to four hex digits, one `::`, perhaps a dotted quad at the end. */
function readIpv6(from: usize, to: usize): i64 {
  let count: usize = 0;
  let gap: i32 = -1;
  let at = from;
  if (to - from < 2) return BAD;
  if (load<u8>(at) == COLON) {
    if (load<u8>(at + 1) != COLON) return BAD;
    gap = 0;
    at += 2;
  }
  while (at < to) {
    if (count == 8) return BAD;
    const groupEnd = readGroup(at, to, count);
    if (groupEnd == 0) return BAD;
    if (groupEnd < to && load<u8>(groupEnd) == DOT) {
      const quad = count > 6 ? BAD : readQuad(at, (to - at) as u32);
      if (quad < 0) return BAD;
      store<u16>(GROUPS + (count << 1), ((quad as u32) >>> 16) as u16);
      store<u16>(GROUPS + (count << 1), (quad as u32) as u16, 2);
      count += 2;
      break;
    }
    count++;
    at = groupEnd;
    if (at == to) break;
    if (load<u8>(at) != COLON) return BAD;
    at++;
    if (at == to) return BAD;
    if (load<u8>(at) == COLON) {
      if (gap >= 0) return BAD;
      gap = count as i32;
      at++;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return BAD;
  return joinGroups(count, gap);
}

/** Returns where the group ends, 0 if there is none. */
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

/** The groups before the gap, zeros, the groups behind it. IPv4-mapped is IPv4. */
function joinGroups(count: usize, gap: i32): i64 {
  if (gap >= 0) {
    const behind = count - (gap as usize);
    memory.copy(GROUPS + ((8 - behind) << 1), GROUPS + ((gap as usize) << 1), behind << 1);
    memory.fill(GROUPS + ((gap as usize) << 1), 0, (8 - count) << 1);
  }
  ipv6High = joinHalf(GROUPS);
  ipv6Low = joinHalf(GROUPS + 8);
  return ipv6High == 0 && ipv6Low >> 32 == 0xffff ? (((ipv6Low as u32) as u64) as i64) : IPV6;
}

function joinHalf(at: usize): u64 {
  const high = ((load<u16>(at) as u64) << 16) | (load<u16>(at, 2) as u64);
  return (high << 32) | ((load<u16>(at, 4) as u64) << 16) | (load<u16>(at, 6) as u64);
}
