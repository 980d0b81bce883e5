/** Where text lies: what matches may reach back to, the line that is not finished yet, fresh text; in this order. */
export const HISTORY_BYTES: usize = 32 * 1024;
/** Longer lines are no records: the longest real ones, with all ECS names, stay under 2 KiB. */
export const LONGEST_LINE_BYTES: usize = 64 * 1024;
const FRESH_BYTES: usize = 256 * 1024;
/** One 64-byte block lies before the text, for the line feed that the first line has before it. */
const BUFFER: usize = memory.data(64 + 32 * 1024 + 64 * 1024 + 256 * 1024 + 1024, 64);
export const TEXT: usize = BUFFER + 64;
/** Text stops here, or up to 320 bytes later. */
export const TEXT_LIMIT: usize = TEXT + HISTORY_BYTES + LONGEST_LINE_BYTES + FRESH_BYTES;
/** One bit for each byte of the buffer: whether it separates fields or lines. */
const MARKS: usize = memory.data((64 + 32 * 1024 + 64 * 1024 + 256 * 1024 + 1024) / 8 + 64, 64);

/** Where marks would begin if all memory had some: as the offset of a load, so that a text's place by eight is all there is to count. */
const ALL_MARKS: usize = MARKS - (BUFFER >> 3);

/** Marks of the 64 bytes of a block. */
// @ts-ignore: decorator
@inline
export function storeMarks(block: usize, marks: u64): void {
  store<u64>(block >> 3, marks, ALL_MARKS);
}

export function addMark(at: usize): void {
  const place = at >> 3;
  store<u8>(place, load<u8>(place, ALL_MARKS) | ((1 as u32) << ((at & 7) as u32)), ALL_MARKS);
}

/** So many marks can be read at once, whatever bit they begin at. */
export const WINDOW_BYTES: usize = 56;

/** The marks from `at` on, the first in the lowest bit. */
// @ts-ignore: decorator
@inline
export function marksAt(at: usize): u64 {
  return (load<u64>(at >> 3, ALL_MARKS) >> ((at & 7) as u64)) & 0xffffffffffffff;
}

/** Moves text from `from` to `end` down to `TEXT`, with its marks; both are multiples of 64 apart. */
export function moveText(from: usize, end: usize): void {
  memory.copy(TEXT, from, end - from);
  memory.copy(ALL_MARKS + (TEXT >> 3), ALL_MARKS + (from >> 3), ((end - from) >> 3) + 8);
}

/** No byte from `at` to its block's end is marked: bytes are marked one by one there. */
export function clearMarks(at: usize): void {
  const block = at >> 6 << 3;
  store<u64>(block, load<u64>(block, ALL_MARKS) & (((1 as u64) << ((at & 63) as u64)) - 1), ALL_MARKS);
}
