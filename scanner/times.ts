/** The least start and the greatest end of an object's OK records. */
import { areTimesLast, END_ROLE, endOf, START_ROLE } from './columns';
import { ALL_ZEROS } from './ipv4';
import { findRole, foundFrom, foundTo } from './odd-lines';
import { marksAt } from './text-buffer';

const MINUS: u8 = 45;
/** Least start and greatest end of OK records, in seconds; −1 without any. Those of most records are in LEAST and GREATEST. */
let leastStart: u64 = 0;
let greatestEnd: i64 = 0;
/** The first two digits that times of ten digits mostly have, as text; 0 as long as there is none. */
let timePrefix: u32 = 0;
/** The other eight digits as numbers, of starts and ends in turns. */
const LEAST: usize = memory.data(16, 16);
const GREATEST: usize = memory.data(16, 16);
const NO_LEAST: i32 = i32.MAX_VALUE;
const NO_GREATEST: i32 = -1;
const TENS: usize = memory.data<u8>([10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1]);
const HUNDREDS: usize = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1]);
const TEN_THOUSANDS: usize = memory.data<u16>([10000, 1, 10000, 1, 10000, 1, 10000, 1]);

export function forgetTimes(): void {
  leastStart = u64.MAX_VALUE;
  greatestEnd = -1;
  timePrefix = 0;
  v128.store(LEAST, i32x4.splat(NO_LEAST));
  v128.store(GREATEST, i32x4.splat(NO_GREATEST));
}

export function firstSeen(): f64 {
  const usual = load<i32>(LEAST);
  const least = usual == NO_LEAST ? leastStart : min(leastStart, withPrefix(usual) as u64);
  return (least as i64) as f64;
}

export function lastSeen(): f64 {
  const usual = load<i32>(GREATEST, 4);
  return (usual == NO_GREATEST ? greatestEnd : max(greatestEnd, withPrefix(usual))) as f64;
}

function withPrefix(eightDigits: i32): i64 {
  const prefix = ((timePrefix & 15) * 10 + ((timePrefix >>> 8) & 15)) as i64;
  return prefix * 100000000 + (eightDigits as i64);
}

/** Of a line all of whose numbers are digits: mostly two times of ten stand at their end, both taken at once. */
// @ts-ignore: decorator
@inline
export function noteTimes(lineEnd: usize): void {
  if (!areTimesLast) return noteOddTimes(lineEnd);
  const end = endOf(END_ROLE);
  const isUsual = ((load<u16>(end - 21) == timePrefix) & (load<u16>(end - 10) == timePrefix)) != 0;
  // Of the 22 bytes before the end of the second, the first and the twelfth separate fields, and no other.
  if (!isUsual || (marksAt(end - 22) & 0x3fffff) != 0x801) return noteUnusualTimes(end, lineEnd);
  const texts = i64x2.replace_lane(i64x2.splat(load<i64>(end - 19)), 1, load<i64>(end - 8));
  const twos = i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.sub(texts, v128.load(ALL_ZEROS)), v128.load(TENS));
  const fours = i32x4.dot_i16x8_s(twos, v128.load(HUNDREDS));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(TEN_THOUSANDS));
  v128.store(LEAST, i32x4.min_s(v128.load(LEAST), eights));
  v128.store(GREATEST, i32x4.max_s(v128.load(GREATEST), eights));
}

/** The first times of an object say how those of others begin. */
function noteUnusualTimes(end: usize, lineEnd: usize): void {
  if (timePrefix == 0 && (marksAt(end - 22) & 0x3fffff) == 0x801) timePrefix = load<u16>(end - 10);
  noteOddTimes(lineEnd);
}

export function noteOddTimes(lineEnd: usize): void {
  // -1 is the greatest of all as an unsigned number.
  if (findRole(START_ROLE, lineEnd)) leastStart = min(leastStart, readSeconds(foundFrom, foundTo) as u64);
  if (findRole(END_ROLE, lineEnd)) greatestEnd = max(greatestEnd, readSeconds(foundFrom, foundTo));
}

/** Unix seconds; -1 if there are none, or more than twelve digits of them, which is no time. */
function readSeconds(from: usize, to: usize): i64 {
  if (to - from > 12 || load<u8>(from) == MINUS) return -1;
  let value: i64 = 0;
  for (let at = from; at < to; at++) value = value * 10 + ((load<u8>(at) as i64) - 48);
  return value;
}
