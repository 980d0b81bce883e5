/**
 * One pass over fresh text, 64 bytes at a time: its CRC-32, and where its fields and lines end.
 *
 * The checksum is a division by a sparse multiple of the CRC's polynomial P: x^(8·4018) + x^(8·2091) + x^(8·1837) + 1 is
 * divisible by P, so each byte of the quotient is the text's byte XORed with the quotient's bytes 1927, 2181 and 4018 places
 * before. No byte depends on one of the last 1926: no table, no multiplication, 16 bytes an instruction.
 */
import { multiplyModulo, updateCrc } from './crc';
import { addMark, clearMarks, storeMarks } from './text-buffer';

const NEAR: usize = 4018 - 2091;
const MIDDLE: usize = 4018 - 1837;
const FAR: usize = 4018;
/** From the farthest byte to the others: as offsets of a load they are free, as differences each is an instruction. */
const TO_NEAR: usize = FAR - NEAR;
const TO_MIDDLE: usize = FAR - MIDDLE;
/** x^(−8·4018) mod P: takes back the places by which the remainder stands too high. */
const MOVE_BACK: u32 = 0xd8f7c9bd;
const HISTORY_BYTES: usize = 4032;
const QUOTIENT: usize = memory.data(4032 + 12 * 1024 + 4032 + 64, 64);
const QUOTIENT_END: usize = QUOTIENT + 4032 + 12 * 1024;
const REMAINDER: usize = memory.data(4032, 64);

const SPACE: u8 = 32;
const LF: u8 = 10;
/** In memory, for V8 builds an immediate vector anew at each use. */
const SPACES: usize = memory.data<u8>([32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32]);
const LINE_FEEDS: usize = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]);

/** For each line feed of a piece of text, its position and how many separators there were before it. */
export const LINE_ENDS: usize = memory.data(72 * 1024 * 8, 64);

let quotientAt: usize = QUOTIENT + HISTORY_BYTES;
let passed: usize = 0;
let memberLength: u32 = 0;
let separators: u32 = 0;
let lineEndsEnd: usize = LINE_ENDS;

/** Fresh text begins at `at`. */
export function beginText(at: usize): void {
  passed = at;
  separators = 0;
  lineEndsEnd = LINE_ENDS;
  beginChecksum();
}

export function beginChecksum(): void {
  memory.fill(QUOTIENT, 0, HISTORY_BYTES);
  quotientAt = QUOTIENT + HISTORY_BYTES;
  // The CRC's initial value, as if it stood 4018 places before the text's first four bytes.
  store<u32>(quotientAt - FAR, 0xffffffff);
  memberLength = 0;
}

/** Text up to here was passed over. */
export function passedEnd(): usize {
  return passed;
}

export function memberBytes(): u32 {
  return memberLength;
}

export function lineEndsStop(): usize {
  return lineEndsEnd;
}

/** All line ends that are there have been seen to. */
export function forgetLineEnds(): void {
  lineEndsEnd = LINE_ENDS;
}

/** The text was moved down by so many bytes. */
export function slidePassed(distance: usize): void {
  passed -= distance;
}

/** Passes over whole blocks of 64 bytes up to `end`. */
export function passBlocks(end: usize): void {
  const aligned = min(end, (passed + 63) & ~63);
  if (passed != aligned) passBytes(aligned);
  const spaces = v128.load(SPACES);
  const lineFeeds = v128.load(LINE_FEEDS);
  let at = passed;
  let quotient = quotientAt;
  let count = separators;
  let lineEnd = lineEndsEnd;
  while (at + 64 <= end) {
    if (quotient >= QUOTIENT_END) quotient = keepHistory(quotient);
    const stop = min(end & ~63, at + (QUOTIENT_END - quotient));
    for (; at < stop; at += 64, quotient += 64) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      const far = quotient - FAR;
      v128.store(far, divide(a, v128.load(far, TO_NEAR), v128.load(far, TO_MIDDLE), v128.load(far)), FAR);
      v128.store(far, divide(b, v128.load(far, TO_NEAR + 16), v128.load(far, TO_MIDDLE + 16), v128.load(far, 16)), FAR + 16);
      v128.store(far, divide(c, v128.load(far, TO_NEAR + 32), v128.load(far, TO_MIDDLE + 32), v128.load(far, 32)), FAR + 32);
      v128.store(far, divide(d, v128.load(far, TO_NEAR + 48), v128.load(far, TO_MIDDLE + 48), v128.load(far, 48)), FAR + 48);
      let marks = toBits(i8x16.eq(a, spaces), i8x16.eq(b, spaces), i8x16.eq(c, spaces), i8x16.eq(d, spaces));
      const isEndA = i8x16.eq(a, lineFeeds);
      const isEndB = i8x16.eq(b, lineFeeds);
      const isEndC = i8x16.eq(c, lineFeeds);
      const isEndD = i8x16.eq(d, lineFeeds);
      if (v128.any_true(v128.or(v128.or(isEndA, isEndB), v128.or(isEndC, isEndD)))) {
        const ends = toBits(isEndA, isEndB, isEndC, isEndD);
        marks |= ends;
        const below = (ends & -ends) - 1;
        store<u32>(lineEnd, (at + (popcnt(below) as usize)) as u32);
        store<u32>(lineEnd, count + (popcnt(marks & below) as u32), 4);
        lineEnd += 8;
        if ((ends & (ends - 1)) != 0) lineEnd = storeLineEnds(ends & (ends - 1), marks, at, count, lineEnd);
      }
      storeMarks(at, marks);
      count += popcnt(marks) as u32;
    }
  }
  memberLength += (at - passed) as u32;
  passed = at;
  quotientAt = quotient;
  separators = count;
  lineEndsEnd = lineEnd;
}

/** Passes over all that is left up to `end`, byte by byte. */
export function passBytes(end: usize): void {
  if (quotientAt + 64 >= QUOTIENT_END) quotientAt = keepHistory(quotientAt);
  memberLength += (end - passed) as u32;
  if (end != passed) clearMarks(passed);
  for (let at = passed; at < end; at++) {
    const byte = load<u8>(at);
    store<u8>(quotientAt, byte ^ load<u8>(quotientAt - NEAR) ^ load<u8>(quotientAt - MIDDLE) ^ load<u8>(quotientAt - FAR));
    quotientAt++;
    if (byte == SPACE || byte == LF) markSeparator(at, byte == LF);
  }
  passed = end;
}

export function markSeparator(at: usize, isLineEnd: bool): void {
  addMark(at);
  if (isLineEnd) {
    store<u32>(lineEndsEnd, at as u32);
    store<u32>(lineEndsEnd, separators, 4);
    lineEndsEnd += 8;
  }
  separators++;
}

/** Separators up to where text was passed over. */
export function passedSeparators(): u32 {
  return separators;
}

/** The text's CRC-32: what the quotient leaves over, moved to its place. Call it once a member, when all is passed over. */
export function finishChecksum(): u32 {
  memory.fill(quotientAt, 0, HISTORY_BYTES);
  for (let at: usize = 0; at < HISTORY_BYTES; at += 16) {
    const from = quotientAt + at;
    v128.store(REMAINDER + at, v128.xor(v128.load(from - NEAR), v128.xor(v128.load(from - MIDDLE), v128.load(from - FAR))));
  }
  return ~multiplyModulo(updateCrc(0, REMAINDER, REMAINDER + FAR), MOVE_BACK);
}

// @ts-ignore: decorator
@inline
function divide(text: v128, near: v128, middle: v128, far: v128): v128 {
  return v128.xor(v128.xor(text, near), v128.xor(middle, far));
}

// @ts-ignore: decorator
@inline
function toBits(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(a) as u32) | ((i8x16.bitmask(b) as u32) << 16);
  const high = (i8x16.bitmask(c) as u32) | ((i8x16.bitmask(d) as u32) << 16);
  return (low as u64) | ((high as u64) << 32);
}

function keepHistory(quotient: usize): usize {
  memory.copy(QUOTIENT, quotient - HISTORY_BYTES, HISTORY_BYTES);
  return QUOTIENT + HISTORY_BYTES;
}

function storeLineEnds(ends: u64, marks: u64, block: usize, count: u32, from: usize): usize {
  let at = from;
  for (let left = ends; left != 0; left &= left - 1) {
    const below = (left & -left) - 1;
    store<u32>(at, (block + (popcnt(below) as usize)) as u32);
    store<u32>(at, count + (popcnt(marks & below) as u32), 4);
    at += 8;
  }
  return at;
}
