/**
 * The hot loop: the codes of a deflate block → text; and the state that it shares with inflate.ts: input, bits, output.
 *
 * The bits read ahead lie in a 64-bit word, three places up, so that masking alone gives the offset of a table entry of eight
 * bytes. `bitCount` counts from those three places: bits 3 to bitCount are there. What is above is the same bytes again, which
 * the next refill lays over them; only where the input ends for now it must be cleared.
 */
import { DISTANCE_BITS, DISTANCE_TABLE, HAS_LENGTH, IS_END, IS_ODD, IS_TABLE, LITERAL_BITS, LITERAL_TABLE } from './code-table';

/** What `decode` and `inflate` answer; errors are negative. */
export const OUTPUT_FULL: i32 = 0;
export const BLOCK_END: i32 = 1;
export const INPUT_USED: i32 = 2;
export const CORRUPT: i32 = -1;

/** Three places that mean nothing, see above. */
const SHIFT: u64 = 3;
const LITERAL_MASK: u32 = ((1 << LITERAL_BITS) - 1) << 3;
const DISTANCE_MASK: u32 = ((1 << DISTANCE_BITS) - 1) << 3;
/** One turn of the loop reads so far ahead: four refills of seven bytes, and a load of eight. */
const INPUT_AHEAD: usize = 40;

let bits: u64 = 0;
let bitCount: u64 = SHIFT;
let input: usize = 0;
let inputEnd: usize = 0;
let output: usize = 0;
let outputFloor: usize = 0;

/** A member's text begins at the output's end; nothing before it belongs to the member. */
export function beginOutput(): void {
  outputFloor = output;
}

export function setOutput(at: usize): void {
  output = at;
}

export function outputEnd(): usize {
  return output;
}

/** The text was moved down by so many bytes. */
export function slideOutput(distance: usize, bufferStart: usize): void {
  output -= distance;
  outputFloor = max(outputFloor, bufferStart + distance) - distance;
}

/** The input goes on at `at` and ends, for now, at `end`; at least 64 bytes behind it can be read. */
export function setInput(at: usize, end: usize): void {
  input = at;
  inputEnd = end;
}

export function inputAt(): usize {
  return input;
}

/** How many bytes of input there are. Negative: bits from behind the end were taken. */
export function inputLeft(): isize {
  return (inputEnd as isize) - (input as isize) + (((bitCount - SHIFT) >> 3) as isize);
}

export function hasInput(bytes: isize): bool {
  return inputLeft() >= bytes;
}

/** At least 53 bits are there afterwards. */
export function refill(): void {
  bits |= load<u64>(input) << bitCount;
  input += ((63 - bitCount) >> 3) as usize;
  bitCount |= 56;
}

export function take(count: u32): u32 {
  const value = ((bits >> SHIFT) as u32) & ((1 << count) - 1);
  bits >>= count as u64;
  bitCount -= count as u64;
  return value;
}

/** The bits that come next, so many; none is taken. */
export function peek(count: u32): u32 {
  return ((bits >> SHIFT) as u32) & ((1 << count) - 1);
}

/** Gives whole bytes that were read ahead back to the input, so that it can end here and go on elsewhere. */
export function rewind(): void {
  const held = bitCount - SHIFT;
  input -= (held >> 3) as usize;
  bitCount = (held & 7) + SHIFT;
  bits &= ((1 as u64) << bitCount) - 1;
}

/** Drops the bits up to the next whole byte, and goes on at that byte. */
export function alignToByte(): void {
  rewind();
  bits = 0;
  bitCount = SHIFT;
}

/** A stored piece is copied by the caller, from `input` to `output`. */
export function skipCopied(count: usize): void {
  input += count;
  output += count;
}

/**
 * Goes on until the block ends, the text reaches `outputLimit` (a turn adds up to 320 bytes), or the input is used up. With
 * `isFinal` it goes to the input's very end, and the caller checks that nothing from behind it was used.
 */
export function decode(outputLimit: usize, isFinal: bool): i32 {
  const inputLimit = isFinal ? inputEnd + 8 : inputEnd - INPUT_AHEAD;
  if (input > inputLimit) return INPUT_USED;
  const floor = outputFloor;
  let state: i32 = OUTPUT_FULL;
  let from = input;
  let to = output;
  let count = bitCount as u32;
  let word = bits | (load<u64>(from) << (count as u64));
  from += (~count >>> 3) & 7;
  count |= 56;
  let entry = load<u64>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
  while (to <= outputLimit) {
    if (from > inputLimit) {
      state = INPUT_USED;
      break;
    }
    // Up to two literals come with any entry; of two such entries in a row one refill still leaves 53 − 20 bits.
    store<u32>(to, (entry >> 32) as u32);
    to += ((entry as u32) >>> 28) as usize;
    if (((entry as u32) & (HAS_LENGTH | IS_ODD)) == 0) {
      word >>= entry;
      count -= entry as u32;
      entry = load<u64>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
      word |= load<u64>(from) << (count as u64);
      from += (~count >>> 3) & 7;
      count |= 56;
      store<u32>(to, (entry >> 32) as u32);
      to += ((entry as u32) >>> 28) as usize;
      if (((entry as u32) & (HAS_LENGTH | IS_ODD)) == 0) {
        word >>= entry;
        count -= entry as u32;
        word |= load<u64>(from) << (count as u64);
        from += (~count >>> 3) & 7;
        count |= 56;
        entry = load<u64>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
        continue;
      }
    }
    if (((entry as u32) & IS_ODD) != 0) {
      if (((entry as u32) & IS_TABLE) != 0) {
        word |= load<u64>(from) << (count as u64);
        from += (~count >>> 3) & 7;
        count |= 56;
        const secondMask = ((1 << (((entry as u32) >>> 8) & 15)) - 1) as u32;
        word >>= LITERAL_BITS as u64;
        count -= LITERAL_BITS;
        entry = load<u64>((((entry >> 32) as u32) << 3) + ((word as u32) & (secondMask << 3)), LITERAL_TABLE);
        if (((entry as u32) >>> 28) != 0) {
          store<u8>(to++, (entry >> 32) as u8);
          word >>= entry;
          count -= entry as u32;
          word |= load<u64>(from) << (count as u64);
          from += (~count >>> 3) & 7;
          count |= 56;
          entry = load<u64>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
          continue;
        }
      }
      if (((entry as u32) & IS_ODD) != 0) {
        state = ((entry as u32) & IS_END) != 0 ? BLOCK_END : CORRUPT;
        word >>= entry;
        count -= entry as u32;
        break;
      }
    }
    // A length, then its distance: 15 + 5 and 15 + 13 bits at most.
    const lengthBits = (word >> SHIFT) & (((1 as u64) << entry) - 1);
    const length = (((entry as u32) >>> 16) & 511) + ((lengthBits as u32) >>> (((entry as u32) >>> 8) & 63));
    word >>= entry;
    count -= entry as u32;
    let far = load<u64>((word as u32) & DISTANCE_MASK, DISTANCE_TABLE);
    if (((far as u32) & IS_ODD) != 0) {
      if (((far as u32) & IS_TABLE) == 0) {
        state = CORRUPT;
        break;
      }
      const secondMask = ((1 << (((far as u32) >>> 8) & 15)) - 1) as u32;
      word >>= DISTANCE_BITS as u64;
      count -= DISTANCE_BITS;
      far = load<u64>((((far >> 32) as u32) << 3) + ((word as u32) & (secondMask << 3)), DISTANCE_TABLE);
      if (((far as u32) & IS_ODD) != 0) {
        state = CORRUPT;
        break;
      }
    }
    const distanceBits = (word >> SHIFT) & (((1 as u64) << far) - 1);
    const distance = ((far as u32) >>> 16) + ((distanceBits as u32) >>> (((far as u32) >>> 8) & 63));
    word >>= far;
    count -= far as u32;
    // The next entry is on its way while the match is copied.
    word |= load<u64>(from) << (count as u64);
    from += (~count >>> 3) & 7;
    count |= 56;
    entry = load<u64>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
    let source = to - distance;
    if (source < floor) {
      state = CORRUPT;
      break;
    }
    const end = to + length;
    if (distance >= 32) {
      // Three of four matches are shorter than 32 bytes, twelve of thirteen than 64: a branch for those in between is mispredicted.
      v128.store(to, v128.load(source));
      v128.store(to, v128.load(source, 16), 16);
      v128.store(to, v128.load(source, 32), 32);
      v128.store(to, v128.load(source, 48), 48);
      while (to + 64 < end) {
        to += 32;
        source += 32;
        v128.store(to, v128.load(source, 32), 32);
        v128.store(to, v128.load(source, 48), 48);
      }
    } else if (distance >= 16) {
      for (let at = to; at < end; at += 16, source += 16) v128.store(at, v128.load(source));
    } else if (distance >= 8) {
      for (let at = to; at < end; at += 8, source += 8) store<u64>(at, load<u64>(source));
    } else {
      for (let at = to; at < end; at++, source++) store<u8>(at, load<u8>(source));
    }
    to = end;
  }
  bits = word;
  bitCount = (count & 63) as u64;
  input = from;
  output = to;
  rewind();
  return state;
}
