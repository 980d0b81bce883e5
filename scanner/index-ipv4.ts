/**
 * IPv4 lines of the address index → whether the set holds one of their addresses. One pass marks the commas, and tells whether
 * all else are digits; the next takes addresses by four. What the filter lets pass is looked up behind that, all at once.
 */
import { filterBits, filterWords, holdsIpv4, mayHoldBit, mayHoldIpv4 } from './indicators';
import { ALL_NINES } from './ipv4';

const ONES: u64 = 0x0101010101010101;

export const NONE: i32 = 0;
export const HELD: i32 = 1;
export const ODD: i32 = -1;

/** The lines of a block are far shorter; a longer one is odd. */
const MOST_CHARACTERS: usize = 262_144;
/** A bit for each character of the content that is a comma. What is behind the content is marked too: no address reaches there. */
const COMMAS: usize = memory.data(262_144 / 8 + 16, 16);
/** Of so many digits, all but the last two of four addresses fit into a vector; fewer than two are no whole byte. */
const LEAST_DIGITS: usize = 2;
const MOST_DIGITS: usize = 6;
const UNEVEN: u32 = 0xffffffff;

/** Addresses that the filter lets pass: all but the last two digits, and where these are. */
const MOST_CANDIDATES: usize = 512;
const CANDIDATES: usize = memory.data(512 * 8, 16);

/** Constant vectors, loaded: see ipv4.ts. */
const ALL_COMMAS: usize = memory.data<u8>([44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44]);
const NINE_CHARACTERS: usize = memory.data<u8>([57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57]);
const FIFTEENS: usize = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15]);
/** Added to `0` to `9` they make the greatest signed bytes, 118 to 127; added to `a` to `f`, 122 to 127. */
const FROM_NINE: usize = memory.data<u8>([70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70]);
const BELOW_ZERO: usize = memory.data<u8>([117, 117, 117, 117, 117, 117, 117, 117, 117, 117, 117, 117, 117, 117, 117, 117]);
const FROM_F: usize = memory.data<u8>([25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25]);
const BELOW_A: usize = memory.data<u8>([121, 121, 121, 121, 121, 121, 121, 121, 121, 121, 121, 121, 121, 121, 121, 121]);
/** Places of two digits, and of two pairs. */
const PLACES: usize = memory.data<u8>([16, 1, 16, 1, 16, 1, 16, 1, 16, 1, 16, 1, 16, 1, 16, 1]);
const PAIR_PLACES: usize = memory.data<u16>([256, 1, 256, 1, 256, 1, 256, 1]);

/** Each comma counts up the first digits, which are the label; without a label there are no commas. */
export function searchIpv4(label: usize, labelDigits: usize, from: usize, end: usize): i32 {
  const digits: usize = (8 as usize) - labelDigits;
  if (digits == 0 || !markCommas(from, end)) return ODD;
  if (labelDigits == 0) return searchContent(digits, 0, 0, from, end);
  const bytes = bswap(load<u64>(label)) >> ((digits << 3) as u64);
  if (wrongDigits(bytes, digits << 3) != 0) return ODD;
  const step = (1 as u32) << ((digits << 2) as u32);
  return searchContent(digits, numberOf(bytes) * step, step, from, end);
}

/** False: there are other characters than commas and digits, or too many of them. */
function markCommas(from: usize, end: usize): bool {
  if (end - from > MOST_CHARACTERS) return false;
  let good = i8x16.splat(-1);
  let to = COMMAS;
  let at = from;
  for (; at + 16 <= end; at += 16, to += 2) {
    const bytes = v128.load(at);
    const commas = i8x16.eq(bytes, v128.load(ALL_COMMAS));
    store<u16>(to, i8x16.bitmask(commas) as u16);
    good = v128.and(good, v128.or(commas, areDigits(bytes)));
  }
  const behind = (0xffff as u32) << ((end - at) as u32);
  const bytes = v128.load(at);
  const commas = i8x16.eq(bytes, v128.load(ALL_COMMAS));
  store<u32>(to, (i8x16.bitmask(commas) as u32) | behind | 0xffff0000);
  store<u64>(to, -1, 4);
  const last = (i8x16.bitmask(v128.or(commas, areDigits(bytes))) as u32) | behind;
  return i8x16.all_true(good) && (last & 0xffff) == 0xffff;
}

/** The first addresses begin with `first`, those behind a comma with `step` more. */
function searchContent(digits: usize, first: u32, step: u32, from: usize, end: usize): i32 {
  const start = from;
  const unused = ((8 as usize) - digits) << 3;
  const isByFour = digits >= LEAST_DIGITS && digits <= MOST_DIGITS;
  let answer = NONE;
  let candidates = CANDIDATES;
  while (from < end) {
    const commas = commasFrom(from - start);
    const single = isByFour ? commasOfFour(commas, digits as u32) : UNEVEN;
    if (single != UNEVEN) {
      const counts = single * 0x01010101;
      candidates = addFour(candidates, firstsOf(first, step, counts), counts, from, digits);
      if (candidates > CANDIDATES + (MOST_CANDIDATES - 4) * 8) {
        if (holdsAny(candidates)) answer = HELD;
        candidates = CANDIDATES;
      }
      first += popcnt(single) * step;
      from += (digits << 2) + (popcnt(single) as usize);
      continue;
    }
    if ((commas & 1) != 0) {
      first += step;
      from++;
      continue;
    }
    if ((commas & ((1 << (digits as u32)) - 1)) != 0) return ODD;
    const address = first | numberOf(bswap(load<u64>(from)) >> (unused as u64));
    if (mayHoldIpv4(address) && holdsIpv4(address)) answer = HELD;
    from += digits;
  }
  return holdsAny(candidates) ? HELD : answer;
}

/** A bit for each of the characters from `place` of the content on. */
// @ts-ignore: decorator
@inline
function commasFrom(place: usize): u32 {
  return (load<u64>(place >>> 3, COMMAS) >> ((place & 7) as u64)) as u32;
}

/** A byte for each of the next four addresses, 1 if there is a comma before it. UNEVEN: there are more, or one is within an address. */
// @ts-ignore: decorator
@inline
function commasOfFour(commas: u32, digits: u32): u32 {
  let comma = commas & 1;
  let four = comma;
  commas >>>= comma;
  let inside = commas;
  commas >>>= digits;
  comma = commas & 1;
  four |= comma << 8;
  commas >>>= comma;
  inside |= commas;
  commas >>>= digits;
  comma = commas & 1;
  four |= comma << 16;
  commas >>>= comma;
  inside |= commas;
  commas >>>= digits;
  comma = commas & 1;
  four |= comma << 24;
  inside |= commas >>> comma;
  return (inside & ((1 << digits) - 1)) == 0 ? four : UNEVEN;
}

/** What the label and the commas make of four addresses. */
// @ts-ignore: decorator
@inline
function firstsOf(first: u32, step: u32, counts: u32): v128 {
  const steps = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(counts)));
  return i32x4.add(i32x4.splat(first), i32x4.mul(steps, i32x4.splat(step)));
}

/** Four addresses, as far as the filter lets them pass. */
// @ts-ignore: decorator
@inline
function addFour(to: usize, firsts: v128, counts: u32, from: usize, digits: usize): usize {
  // Where the last two digits of each are.
  const low0 = from + digits - 2 + (counts & 255);
  const low1 = from + digits * 2 - 2 + ((counts >>> 8) & 255);
  const low2 = from + digits * 3 - 2 + ((counts >>> 16) & 255);
  const low3 = from + digits * 4 - 2 + (counts >>> 24);
  let texts = i32x4.splat(load<u32>(low0 - 4));
  texts = i32x4.replace_lane(texts, 1, load<u32>(low1 - 4));
  texts = i32x4.replace_lane(texts, 2, load<u32>(low2 - 4));
  texts = i32x4.replace_lane(texts, 3, load<u32>(low3 - 4));
  const kept = i32x4.splat(((0xffffffff as u64) << (((MOST_DIGITS - digits) << 3) as u64)) as u32);
  const addresses = i32x4.add(firsts, i32x4.shl(numbersOf(v128.and(texts, kept)), 8));
  const bits = filterBits(i32x4.shr_u(addresses, 8));
  const words = filterWords(bits);
  to = add(to, i32x4.extract_lane(addresses, 0), low0, i32x4.extract_lane(words, 0), i32x4.extract_lane(bits, 0));
  to = add(to, i32x4.extract_lane(addresses, 1), low1, i32x4.extract_lane(words, 1), i32x4.extract_lane(bits, 1));
  to = add(to, i32x4.extract_lane(addresses, 2), low2, i32x4.extract_lane(words, 2), i32x4.extract_lane(bits, 2));
  return add(to, i32x4.extract_lane(addresses, 3), low3, i32x4.extract_lane(words, 3), i32x4.extract_lane(bits, 3));
}

/** Is overwritten by the next where the filter says no: branches on it would be mispredicted for every fourth four. */
// @ts-ignore: decorator
@inline
function add(to: usize, address: u32, lowAt: usize, word: u32, bit: u32): usize {
  store<u32>(to, address);
  store<u32>(to, lowAt as u32, 4);
  return to + (mayHoldBit(word, bit) << 3);
}

/** Whether the set holds one of the candidates. */
function holdsAny(end: usize): bool {
  for (let at = CANDIDATES; at < end; at += 8) {
    if (holdsIpv4(load<u32>(at) | lowByte(load<u32>(at, 4) as usize))) return true;
  }
  return false;
}

/** Bytes of ones for `0` to `9` and `a` to `f`. */
// @ts-ignore: decorator
@inline
function areDigits(bytes: v128): v128 {
  const digits = i8x16.gt_s(i8x16.add(bytes, v128.load(FROM_NINE)), v128.load(BELOW_ZERO));
  return v128.or(digits, i8x16.gt_s(i8x16.add(bytes, v128.load(FROM_F)), v128.load(BELOW_A)));
}

/** The numbers of four texts of four digits; a byte of 0 is the digit 0. */
// @ts-ignore: decorator
@inline
function numbersOf(texts: v128): v128 {
  const letters = i8x16.gt_s(texts, v128.load(NINE_CHARACTERS));
  const halves = i8x16.add(v128.and(texts, v128.load(FIFTEENS)), v128.and(letters, v128.load(ALL_NINES)));
  return i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(halves, v128.load(PLACES)), v128.load(PAIR_PLACES));
}

/** The number of two digits. */
// @ts-ignore: decorator
@inline
function lowByte(at: usize): u32 {
  const halves = halvesOf(load<u16>(at) as u64) as u32;
  return ((halves << 4) | (halves >>> 8)) & 255;
}

/** Half a byte for each digit; of what is none, anything. The first digit is the highest byte that is not 0. */
// @ts-ignore: decorator
@inline
function halvesOf(bytes: u64): u64 {
  return (bytes & (15 * ONES)) + 9 * ((bytes >> 6) & ONES);
}

// @ts-ignore: decorator
@inline
function numberOf(bytes: u64): u32 {
  let halves = halvesOf(bytes);
  halves = (halves | (halves >> 4)) & 0x00ff00ff00ff00ff;
  halves = (halves | (halves >> 8)) & 0x0000ffff0000ffff;
  return (halves | (halves >> 16)) as u32;
}

/** 0 if all bytes but the first, of so many bits, are digits: `0` to `9` are 0x30 on, `a` to `f` 0x61 on. */
// @ts-ignore: decorator
@inline
function wrongDigits(bytes: u64, unusedBits: usize): u64 {
  const letters = (bytes >> 6) & ONES;
  const halves = halvesOf(bytes);
  const fromTen = ((halves + 6 * ONES) >> 4) & ONES;
  const high = (bytes & (0xf0 * ONES)) ^ (((0x30 * ONES) >> (unusedBits as u64)) + 0x30 * letters);
  return high | (fromTen ^ letters) | (halves & (0x10 * ONES));
}
