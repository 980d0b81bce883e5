/** Texts of IPv4 addresses → numbers, a whole text at once by SIMD. */

/** No address. */
export const BAD: i64 = -3;

/** Which of the 81 shapes of a dotted quad a text has, by where its dots and its end are; 0 is none. */
const SHAPES: usize = memory.data(65_536, 64);
/** For each shape, where the digits of each octet are: hundreds, tens, ones and nothing, last octet first. */
const DIGITS: usize = memory.data(82 * 16, 16);
/** For each shape, the first digits of octets of several digits: they must not be 0. */
const LEADING: usize = memory.data(82 * 16, 16);

/** Constant vectors. V8 builds an immediate one anew at each use, by four instructions; loading one takes one. */
const ALL_DOTS: usize = memory.data<u8>([46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46]);
export const ALL_ZEROS: usize = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48]);
export const ALL_NINES: usize = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
const PLACES: usize = memory.data<u8>([100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0]);
const ONES: usize = memory.data<u16>([1, 1, 1, 1, 1, 1, 1, 1]);
const ABOVE_255: usize = memory.data<u32>([0xffffff00, 0xffffff00, 0xffffff00, 0xffffff00]);
const LOW_BYTES: usize = memory.data<u8>([0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]);

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
  return select<u32>(load<u8>((dots & (end - 1)) | end, SHAPES), 0, length < 16);
}

/** The digits of a text of that shape: hundreds, tens, ones and nothing, last octet first. */
// @ts-ignore: decorator
@inline
export function digitsOf(bytes: v128, shape: u32): v128 {
  return i8x16.relaxed_swizzle(i8x16.sub(bytes, v128.load(ALL_ZEROS)), v128.load(shape << 4, DIGITS));
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
  const leadingZeros = v128.and(i8x16.eq(digits, i8x16.splat(0)), v128.load(shape << 4, LEADING));
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
export function readQuad(from: usize, length: u32): i64 {
  const bytes = v128.load(from);
  const shape = shapeOf(bytes, length);
  const digits = digitsOf(bytes, shape);
  const octets = octetsOf(digits);
  if (shape == 0 || v128.any_true(wrongOf(shape, digits, octets))) return BAD;
  return numberOf(octets) as i64;
}
