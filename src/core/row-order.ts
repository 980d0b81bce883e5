/** Order of rows by columns of 32-bit numbers: a radix sort, as comparing a million addresses would take a second. */

/** A column to sort by, without its lowest bits. */
export type SortKey = { readonly column: Uint32Array; readonly ignoredBits?: number };

/** 2,048 counters stay in the nearest cache, and three passes take an IPv4 address. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Places of the first `count` rows in ascending order by the keys, the last key first; equal rows keep their order. */
export function orderRows(keys: readonly SortKey[], count: number): Uint32Array {
  let order = new Uint32Array(count);
  let spare = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (const { column, ignoredBits = 0 } of keys) {
    for (let shift = ignoredBits; shift < 32; shift += DIGIT_BITS) {
      if (orderByDigit(order, spare, column, shift)) [order, spare] = [spare, order];
    }
  }
  return order;
}

/** One pass; false where all rows have the same digit, and nothing was written. */
function orderByDigit(order: Uint32Array, into: Uint32Array, column: Uint32Array, shift: number): boolean {
  const next = new Uint32Array(DIGITS);
  for (let i = 0; i < order.length; i++) next[(column[i]! >>> shift) & (DIGITS - 1)]!++;
  if (order.length === 0 || next[(column[0]! >>> shift) & (DIGITS - 1)] === order.length) return false;
  for (let digit = 0, from = 0; digit < DIGITS; digit++) {
    const rows = next[digit]!;
    next[digit] = from;
    from += rows;
  }
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    into[next[(column[row]! >>> shift) & (DIGITS - 1)]!++] = row;
  }
  return true;
}
