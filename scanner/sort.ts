/** Sorts words, and IPv6 addresses word by word, by radix, 11 bits a pass. */

const COUNTS: usize = memory.data(2048 * 4, 64);
const DIGIT_BITS: u32 = 11;

/**
 * Sorts `count` words of 64 bits by their upper half, or by its lowest 11 bits in one pass; equal ones keep their order. Passes
 * go to and fro between the two areas; as one and three are odd, the result is in `other`, which is returned.
 */
export function sortWords(count: u32, area: usize, other: usize, passes: u32): usize {
  let from = area;
  let to = other;
  for (let pass: u32 = 0; pass < passes; pass++) {
    const shift = (32 + pass * DIGIT_BITS) as u64;
    countDigits(count, from, shift);
    for (let at = from; at < from + (count << 3); at += 8) {
      const word = load<u64>(at);
      const digit = COUNTS + ((((word >> shift) as u32) & 2047) << 2);
      const place = load<u32>(digit);
      store<u32>(digit, place + 1);
      store<u64>(to + (place << 3), word);
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  return other;
}

/** How many words have each digit, then where the first of each goes. */
function countDigits(count: u32, from: usize, shift: u64): void {
  memory.fill(COUNTS, 0, 8192);
  for (let at = from; at < from + (count << 3); at += 8) {
    const digit = COUNTS + ((((load<u64>(at) >> shift) as u32) & 2047) << 2);
    store<u32>(digit, load<u32>(digit) + 1);
  }
  let sum: u32 = 0;
  for (let digit = COUNTS; digit < COUNTS + 8192; digit += 4) {
    const here = load<u32>(digit);
    store<u32>(digit, sum);
    sum += here;
  }
}

/**
 * Orders IPv6 addresses, `count` entries of 24 bytes that begin with the high half and the low one: the lower halves of the words
 * in `sorted` are then their numbers, ascending; equal ones keep their order. `words` is an area to sort from.
 */
export function orderIpv6(count: u32, entries: usize, words: usize, sorted: usize): void {
  for (let i: u32 = 0; i < count; i++) store<u64>(sorted + (i << 3), i as u64);
  // The low half's lower word first. One that all have in common, as those of a network, is not sorted by.
  for (let part: usize = 8; part < 24; part += 4) {
    if (layWords(count, entries + (part & 15), sorted, words)) sortWords(count, words, sorted, 3);
  }
}

/** Lays a word of each entry over its number, in the order of `sorted`; whether any two of them differ. */
function layWords(count: u32, part: usize, sorted: usize, words: usize): bool {
  let some: u32 = 0;
  let all: u32 = 0xffffffff;
  for (let i: u32 = 0; i < count; i++) {
    const number = load<u32>(sorted + (i << 3));
    const word = load<u32>(part + (number as usize) * 24);
    some |= word;
    all &= word;
    store<u64>(words + (i << 3), ((word as u64) << 32) | (number as u64));
  }
  return some != all;
}
