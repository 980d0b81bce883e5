/** Whether fields are numbers, many at once. */
import { ALL_NINES, ALL_ZEROS } from './ipv4';

const DASH: u8 = 45;

/**
 * Whether fields that stand next to each other, up to 63 bytes in all, are of one to fifteen digits each: then the other bytes
 * are as many as there are separators between so many fields, and no two of them stand together. `mayBeDash`: or a field is `-`.
 */
// @ts-ignore: decorator
@inline
export function isDigitRun(from: usize, length: u32, fields: u32, mayBeDash: bool): bool {
  let digits = toBits(digitsAt(from), digitsAt(from + 16), digitsAt(from + 32), digitsAt(from + 48));
  const end = (1 as u64) << (length as u64);
  if (mayBeDash) {
    const dashes = toBits(dashesAt(from), dashesAt(from + 16), dashesAt(from + 32), dashesAt(from + 48)) & (end - 1);
    // One alone counts as a digit.
    const fieldBytes = (digits & (end - 1)) | dashes;
    digits |= dashes & ~((fieldBytes << 1) | (fieldBytes >> 1));
  }
  const others = (~digits & (end - 1)) | end;
  const pairs = digits & (digits >> 1);
  const fours = pairs & (pairs >> 2);
  const eights = fours & (fours >> 4);
  // None at the beginning, no two together (the byte behind is one of them), no sixteen digits together.
  const odd = (others & ((others << 1) | 1)) | (eights & (eights >> 8));
  return ((length < 64) & (odd == 0) & ((popcnt(others) as u32) == fields)) != 0;
}

// @ts-ignore: decorator
@inline
function toBits(a: u32, b: u32, c: u32, d: u32): u64 {
  return ((a | (b << 16)) as u64) | (((c | (d << 16)) as u64) << 32);
}

// @ts-ignore: decorator
@inline
function digitsAt(at: usize): u32 {
  return i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(at), v128.load(ALL_ZEROS)), v128.load(ALL_NINES))) as u32;
}

// @ts-ignore: decorator
@inline
function dashesAt(at: usize): u32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(DASH))) as u32;
}
