/**
 * Canonical Huffman codes of RFC 1951: from the lengths of a code, in LENGTHS, to its decoding table. A code that is over- or
 * undersubscribed is refused, except that of a single distance.
 */

/** Most bits of a code that one table look-up decodes; longer codes take a second. Larger tables miss the L1 cache. */
export const LITERAL_BITS: u32 = 10;
export const DISTANCE_BITS: u32 = 8;
/** 1 << bits, and as many again for the second tables as zlib's `enough` shows to suffice. */
export const LITERAL_TABLE: usize = memory.data(4096 * 4, 16);
export const DISTANCE_TABLE: usize = memory.data(2048 * 4, 16);
export const LENGTHS: usize = memory.data(320 + 16, 16);
const COUNTS: usize = memory.data(16 * 4, 16);
const OFFSETS: usize = memory.data(16 * 4, 16);
const SORTED: usize = memory.data(320 * 2, 16);

const LENGTH_BASE: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const LENGTH_EXTRA: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const DISTANCE_BASE: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
const DISTANCE_EXTRA: usize = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);

/** Table entries: code length in bits 0-7, extra bits in 8-12, flags in 13-15, value (literal, base, second table) above. */
export const IS_LITERAL: u32 = 1 << 13;
export const IS_END: u32 = 1 << 14;
export const IS_TABLE: u32 = 1 << 15;

let usedTable: usize = 0;

/** Decoding table of the canonical code whose lengths are in LENGTHS. `kind`: 0 literals, 1 distances, 2 code lengths. */
export function buildTable(table: usize, primaryBits: u32, symbols: u32, capacity: usize, kind: u32): bool {
  memory.fill(COUNTS, 0, 64);
  for (let i: u32 = 0; i < symbols; i++) {
    const at = COUNTS + ((load<u8>(LENGTHS + (i as usize)) as usize) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  const unused = load<u32>(COUNTS);
  let left: i32 = 1;
  let longest: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const count = load<u32>(COUNTS + ((length as usize) << 2));
    if (count != 0) longest = length;
    left = (left << 1) - (count as i32);
    if (left < 0) return false;
  }
  // An incomplete code is fine only where a single distance (or none) is in use.
  if (left > 0 && !(kind == 1 && longest <= 1)) return false;
  sortSymbols(symbols);
  memory.fill(table, 0, (1 << primaryBits) << 2);
  usedTable = 1 << primaryBits;
  return fillTable(table, primaryBits, symbols - unused, longest, capacity, kind);
}

/** Symbols by code length, then by number: the order of canonical codes. */
function sortSymbols(symbols: u32): void {
  let offset: u32 = 0;
  for (let length: usize = 1; length <= 15; length++) {
    store<u32>(OFFSETS + (length << 2), offset);
    offset += load<u32>(COUNTS + (length << 2));
  }
  for (let i: u32 = 0; i < symbols; i++) {
    const length = load<u8>(LENGTHS + (i as usize)) as usize;
    if (length == 0) continue;
    const at = load<u32>(OFFSETS + (length << 2));
    store<u16>(SORTED + ((at as usize) << 1), i as u16);
    store<u32>(OFFSETS + (length << 2), at + 1);
  }
}

function fillTable(table: usize, primaryBits: u32, used: u32, longest: u32, capacity: usize, kind: u32): bool {
  let code: u32 = 0;
  let length: u32 = 0;
  let prefix: u32 = 0xffffffff;
  let second: usize = 0;
  let secondBits: u32 = 0;
  let leftAtLength: u32 = 0;
  for (let i: u32 = 0; i < used; i++) {
    while (leftAtLength == 0) {
      length++;
      code <<= 1;
      leftAtLength = load<u32>(COUNTS + ((length as usize) << 2));
    }
    const reversed = reverse(code, length);
    const symbol = load<u16>(SORTED + ((i as usize) << 1)) as u32;
    if (length <= primaryBits) {
      fill(table, reversed, length, primaryBits, toEntry(symbol, length, kind));
    } else {
      const low = reversed & ((1 << primaryBits) - 1);
      if (low != prefix) {
        prefix = low;
        secondBits = secondTableBits(length, primaryBits, longest, leftAtLength);
        second = usedTable;
        usedTable += (1 as usize) << secondBits;
        if (usedTable > capacity) return false;
        memory.fill(table + (second << 2), 0, ((1 as usize) << secondBits) << 2);
        store<u32>(table + ((low as usize) << 2), ((second as u32) << 16) | IS_TABLE | (secondBits << 8) | primaryBits);
      }
      const rest = length - primaryBits;
      fill(table + (second << 2), reversed >>> primaryBits, rest, secondBits, toEntry(symbol, rest, kind));
    }
    code++;
    leftAtLength--;
  }
  return true;
}

/** As many bits as the codes under one prefix need: grows until they fill the second table. */
function secondTableBits(length: u32, primaryBits: u32, longest: u32, leftAtLength: u32): u32 {
  let secondBits = length - primaryBits;
  let free: i32 = ((1 as i32) << secondBits) - (leftAtLength as i32);
  while (free > 0 && secondBits + primaryBits < longest) {
    secondBits++;
    free = (free << 1) - (load<u32>(COUNTS + (((secondBits + primaryBits) as usize) << 2)) as i32);
  }
  return secondBits;
}

function fill(table: usize, start: u32, length: u32, tableBits: u32, entry: u32): void {
  const step: u32 = 1 << length;
  const size: u32 = 1 << tableBits;
  for (let at = start; at < size; at += step) store<u32>(table + ((at as usize) << 2), entry);
}

function toEntry(symbol: u32, length: u32, kind: u32): u32 {
  if (kind == 2) return (symbol << 16) | length;
  if (kind == 1) {
    if (symbol > 29) return 0;
    const base = load<u16>(DISTANCE_BASE + ((symbol as usize) << 1)) as u32;
    return (base << 16) | ((load<u8>(DISTANCE_EXTRA + (symbol as usize)) as u32) << 8) | length;
  }
  if (symbol < 256) return (symbol << 16) | IS_LITERAL | length;
  if (symbol == 256) return IS_END | length;
  if (symbol > 285) return 0;
  const base = load<u16>(LENGTH_BASE + (((symbol - 257) as usize) << 1)) as u32;
  return (base << 16) | ((load<u8>(LENGTH_EXTRA + ((symbol - 257) as usize)) as u32) << 8) | length;
}

function reverse(code: u32, length: u32): u32 {
  let reversed: u32 = 0;
  for (let i: u32 = 0; i < length; i++) reversed |= ((code >>> i) & 1) << (length - 1 - i);
  return reversed;
}
