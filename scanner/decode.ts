/**
 * The hot loop: the codes of a deflate block → text; and the state that it shares with inflate.ts: where input and output stand.
 *
 * Between blocks the input's place is counted in bits. In the loop, bits read ahead lie in a 64-bit word, two places up, so that
 * masking alone gives the offset of a table entry of four bytes. `count` says how many bits of it the next refill keeps, 56 to 63
 * after one; what is above is the same bytes again, which that refill lays over them. So a word holds 62 bits after a refill, of
 * which 61 are used before the next at most: two codes of 11, 28 of a distance, and 11 to look up what follows. That look-up
 * comes before the refill: the way from one entry to the next is all that the loop waits for.
 */
import {
  CODE_SHIFT,
  COUNT_AT,
  DISTANCE_BITS,
  DISTANCE_TABLE,
  HAS_LENGTH,
  IS_END,
  IS_ODD,
  IS_TABLE,
  KIND,
  LENGTH_AT,
  LITERAL_BITS,
  LITERAL_TABLE,
  LITERALS_AT,
  NEEDS_EXTRA,
  TO_MASK,
} from './code-table';

/** What `decode` and `inflate` answer; errors are negative. */
export const OUTPUT_FULL: i32 = 0;
export const BLOCK_END: i32 = 1;
export const INPUT_USED: i32 = 2;
export const CORRUPT: i32 = -1;

const LITERAL_MASK: u32 = ((1 << LITERAL_BITS) - 1) << CODE_SHIFT;
const DISTANCE_MASK: u32 = ((1 << DISTANCE_BITS) - 1) << CODE_SHIFT;
/** One turn of the loop reads so far ahead: three refills of seven bytes, and a load of eight. */
const INPUT_AHEAD: usize = 40;

/** Bits of memory before the one that is read next. */
let position: u32 = 0;
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

/** The input goes on at the byte `at` and ends, for now, at `end`; at least 64 bytes behind it can be read. */
export function setInput(at: usize, end: usize): void {
  position = (at as u32) << 3;
  inputEnd = end;
}

/** Moves what is left of the input down to `to`; returns where more of it goes. */
export function moveInput(to: usize): usize {
  const from = position >>> 3;
  memory.copy(to, from, inputEnd - from);
  inputEnd = to + (inputEnd - from);
  position = ((to as u32) << 3) | (position & 7);
  return inputEnd;
}

/** So many bytes were laid behind the input. */
export function addInput(bytes: usize): void {
  inputEnd += bytes;
  memory.fill(inputEnd, 0, 64);
}

/** The next byte, where no bit of it was taken. */
export function inputAt(): usize {
  return position >>> 3;
}

/** How many whole bytes of input there are. Negative: bits from behind the end were taken. */
export function inputLeft(): isize {
  return (((inputEnd as u32) << 3) - position) as i32 >> 3;
}

export function hasInput(bytes: isize): bool {
  return inputLeft() >= bytes;
}

/** The bits that come next, up to 32; none is taken. */
export function peek(count: u32): u32 {
  return ((load<u64>(position >>> 3) >> ((position & 7) as u64)) as u32) & ((1 << count) - 1);
}

export function take(count: u32): u32 {
  const value = peek(count);
  position += count;
  return value;
}

/** Drops the bits up to the next whole byte. */
export function alignToByte(): void {
  position = (position + 7) & ~7;
}

/** A stored piece is copied by the caller, from `input` to `output`. */
export function skipCopied(count: usize): void {
  position += (count as u32) << 3;
  output += count;
}

/**
 * Goes on until the block ends, the text reaches `outputLimit` (a turn adds up to 320 bytes), or the input is used up. With
 * `isFinal` it goes to the input's very end, and the caller checks that nothing from behind it was used.
 */
export function decode(outputLimit: usize, isFinal: bool): i32 {
  const inputLimit = isFinal ? inputEnd + 8 : inputEnd - INPUT_AHEAD;
  const floor = outputFloor;
  let state: i32 = OUTPUT_FULL;
  let to = output;
  let from: usize = (position >>> 3) + 7;
  let word = (load<u64>(position >>> 3) >> ((position & 7) as u64)) << (CODE_SHIFT as u64);
  let count = 56 + CODE_SHIFT - (position & 7);
  word |= load<u64>(from) << (count as u64);
  from += (~count >>> 3) & 7;
  count |= 56;
  let entry = load<u32>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
  while (to <= outputLimit) {
    if (from > inputLimit) {
      state = INPUT_USED;
      break;
    }
    // Up to two literals come with any entry.
    store<u16>(to, (entry >>> LITERALS_AT) as u16);
    to += entry >>> COUNT_AT;
    if ((entry & (HAS_LENGTH | IS_ODD)) == 0) {
      word >>= entry as u64;
      count -= entry;
      entry = load<u32>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
      store<u16>(to, (entry >>> LITERALS_AT) as u16);
      to += entry >>> COUNT_AT;
      if ((entry & (HAS_LENGTH | IS_ODD)) == 0) {
        word >>= entry as u64;
        count -= entry;
        entry = load<u32>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
        word |= load<u64>(from) << (count as u64);
        from += (~count >>> 3) & 7;
        count |= 56;
        continue;
      }
    }
    let length = ((entry >>> LENGTH_AT) & 255) + 3;
    if ((entry & IS_ODD) != 0) {
      if ((entry & KIND) == IS_TABLE) {
        word >>= LITERAL_BITS as u64;
        count -= LITERAL_BITS;
        word |= load<u64>(from) << (count as u64);
        from += (~count >>> 3) & 7;
        count |= 56;
        const secondMask = ((1 << ((entry >>> 8) & 15)) - 1) as u32;
        entry = load<u32>(((entry >>> LITERALS_AT) << 2) + ((word as u32) & (secondMask << CODE_SHIFT)), LITERAL_TABLE);
        if ((entry >>> COUNT_AT) != 0) {
          store<u8>(to++, (entry >>> LITERALS_AT) as u8);
          word >>= entry as u64;
          count -= entry;
          word |= load<u64>(from) << (count as u64);
          from += (~count >>> 3) & 7;
          count |= 56;
          entry = load<u32>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
          continue;
        }
        length = ((entry >>> LENGTH_AT) & 255) + 3;
      }
      if ((entry & IS_ODD) != 0) {
        word >>= entry as u64;
        count -= entry & 63;
        if ((entry & KIND) != NEEDS_EXTRA) {
          state = (entry & KIND) == IS_END ? BLOCK_END : CORRUPT;
          break;
        }
        const extraBits = (entry >>> 8) & 15;
        length = (entry >>> LITERALS_AT) + (((word as u32) >>> CODE_SHIFT) & ((1 << extraBits) - 1));
        word >>= extraBits as u64;
        count -= extraBits;
        word |= load<u64>(from) << (count as u64);
        from += (~count >>> 3) & 7;
        count |= 56;
        entry = 0;
      }
    }
    word >>= entry as u64;
    count -= entry;
    let farAt = (word as u32) & DISTANCE_MASK;
    let far = load<u32>(farAt, DISTANCE_TABLE);
    if ((far & IS_ODD) != 0) {
      if ((far & KIND) != IS_TABLE) {
        state = CORRUPT;
        break;
      }
      word >>= DISTANCE_BITS as u64;
      count -= DISTANCE_BITS;
      const secondMask = ((1 << ((far >>> 8) & 15)) - 1) as u32;
      farAt = ((far >>> LITERALS_AT) << 2) + ((word as u32) & (secondMask << CODE_SHIFT));
      far = load<u32>(farAt, DISTANCE_TABLE);
      if ((far & IS_ODD) != 0) {
        state = CORRUPT;
        break;
      }
    }
    const distance = (far >>> 16) + (((word >> ((far >>> 8) as u64)) as u32) & load<u32>(farAt, DISTANCE_TABLE + TO_MASK));
    word >>= far as u64;
    count -= far;
    // The next entry is on its way while the match is copied.
    entry = load<u32>((word as u32) & LITERAL_MASK, LITERAL_TABLE);
    word |= load<u64>(from) << (count as u64);
    from += (~count >>> 3) & 7;
    count |= 56;
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
      for (let place = to; place < end; place += 16, source += 16) v128.store(place, v128.load(source));
    } else if (distance >= 8) {
      for (let place = to; place < end; place += 8, source += 8) store<u64>(place, load<u64>(source));
    } else {
      for (let place = to; place < end; place++, source++) store<u8>(place, load<u8>(source));
    }
    to = end;
  }
  position = ((from as u32) << 3) - (count & 63) + CODE_SHIFT;
  output = to;
  return state;
}
