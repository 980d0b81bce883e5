/** Sorts words by radix, 11 bits a pass; IPv6 addresses, which are rare, by shell sort. */

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

/** Sorts `count` entries of 24 bytes: high half, low half, what belongs to them. */
export function sortIpv6(count: u32, area: usize): void {
  let gap: u32 = 1;
  while (gap < count) gap = gap * 3 + 1;
  for (gap /= 3; gap > 0; gap /= 3) {
    for (let i = gap; i < count; i++) insert(area, i, gap);
  }
}

function insert(area: usize, index: u32, gap: u32): void {
  const from = area + index * 24;
  const high = load<u64>(from);
  const low = load<u64>(from, 8);
  const rest = load<u64>(from, 16);
  let place = from;
  for (let left = index; left >= gap; left -= gap) {
    const before = place - gap * 24;
    const isSorted = load<u64>(before) < high || (load<u64>(before) == high && load<u64>(before, 8) <= low);
    if (isSorted) break;
    memory.copy(place, before, 24);
    place = before;
  }
  store<u64>(place, high);
  store<u64>(place, low, 8);
  store<u64>(place, rest, 16);
}
