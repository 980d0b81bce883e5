/**
 * Canonical Huffman codes of RFC 1951: from the lengths of a code, in LENGTHS, to its decoding table. A code that is over- or
 * undersubscribed is refused as zlib refuses it: only a single code of one bit may stand alone.
 */

/** Most bits of a code that one table look-up decodes; longer codes take a second. Ten bits were slower. */
export const LITERAL_BITS: u32 = 11;
export const DISTANCE_BITS: u32 = 8;
/** First tables and, as zlib's `enough` shows, room for all second ones. */
const LITERAL_ENTRIES: u32 = 2432;
const DISTANCE_ENTRIES: u32 = 512;
export const LITERAL_TABLE: usize = memory.data(2432 * 8, 64);
export const DISTANCE_TABLE: usize = memory.data(512 * 8, 64);
export const LENGTHS: usize = memory.data(320 + 16, 16);
const COUNTS: usize = memory.data(16 * 4, 16);
const OFFSETS: usize = memory.data(16 * 4, 16);
const SORTED: usize = memory.data(320 * 2, 16);
/** Codes of the symbols, first bit lowest. */
const CODES: usize = memory.data(320 * 2, 16);
const SINGLE_ENTRIES: usize = memory.data(2048 * 8, 64);

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

/**
 * Entries of 64 bits. Low half: bits 0-5 what is consumed in all, extra bits included; 8-13 what the codes alone take;
 * flags; 16-31 a length's or distance's base; for literals 28-29 how many. High half: the literals, or where the second table is.
 */
export const HAS_LENGTH: u32 = 1 << 15;
export const IS_ODD: u32 = 1 << 14;
export const IS_END: u32 = 1 << 26;
export const IS_TABLE: u32 = 1 << 25;
const ONE_LITERAL: u32 = 1 << 28;
/** No code leads here. */
const INVALID: u64 = IS_ODD as u64;

const LITERALS: u32 = 0;
const DISTANCES: u32 = 1;

let usedEntries: u32 = 0;

/** The literal and length code of a block; pairs of literals, or a literal and a length, that fit into one look-up are one entry. */
export function buildLiteralTable(symbols: u32): bool {
  if (!buildTable(LITERAL_TABLE, LITERAL_BITS, symbols, LITERAL_ENTRIES, LITERALS)) return false;
  joinPairs(symbols);
  return true;
}

export function buildDistanceTable(symbols: u32): bool {
  return buildTable(DISTANCE_TABLE, DISTANCE_BITS, symbols, DISTANCE_ENTRIES, DISTANCES);
}

/** The code of the code lengths; its table lies where the literals' comes later. */
export function buildLengthTable(): bool {
  return buildTable(LITERAL_TABLE, 7, 19, LITERAL_ENTRIES, 2);
}

function buildTable(table: usize, primaryBits: u32, symbols: u32, capacity: u32, kind: u32): bool {
  memory.fill(COUNTS, 0, 64);
  for (let i: u32 = 0; i < symbols; i++) {
    const at = COUNTS + ((load<u8>(LENGTHS + i) as usize) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  const unused = load<u32>(COUNTS);
  let left: i32 = 1;
  let longest: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const count = load<u32>(COUNTS + (length << 2));
    if (count != 0) longest = length;
    left = (left << 1) - (count as i32);
    if (left < 0) return false;
  }
  if (left > 0 && longest > 1) return false;
  if (left > 0 && longest == 1 && kind > DISTANCES) return false;
  sortSymbols(symbols);
  for (let i: u32 = 0; i < (1 as u32) << primaryBits; i++) store<u64>(table + (i << 3), INVALID);
  usedEntries = 1 << primaryBits;
  return fillTable(table, primaryBits, symbols - unused, longest, capacity, kind);
}

/** Symbols by code length, then by number: the order of canonical codes. */
function sortSymbols(symbols: u32): void {
  let offset: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    store<u32>(OFFSETS + (length << 2), offset);
    offset += load<u32>(COUNTS + (length << 2));
  }
  for (let i: u32 = 0; i < symbols; i++) {
    const length = load<u8>(LENGTHS + i) as u32;
    if (length == 0) continue;
    const at = load<u32>(OFFSETS + (length << 2));
    store<u16>(SORTED + (at << 1), i as u16);
    store<u32>(OFFSETS + (length << 2), at + 1);
  }
}

function fillTable(table: usize, primaryBits: u32, used: u32, longest: u32, capacity: u32, kind: u32): bool {
  let code: u32 = 0;
  let length: u32 = 0;
  let prefix: u32 = 0xffffffff;
  let second: u32 = 0;
  let secondBits: u32 = 0;
  let leftAtLength: u32 = 0;
  for (let i: u32 = 0; i < used; i++) {
    while (leftAtLength == 0) {
      length++;
      code <<= 1;
      leftAtLength = load<u32>(COUNTS + (length << 2));
    }
    const reversed = reverse(code, length);
    const symbol = load<u16>(SORTED + (i << 1)) as u32;
    store<u16>(CODES + (symbol << 1), reversed as u16);
    if (length <= primaryBits) {
      fill(table, reversed, length, primaryBits, toEntry(symbol, length, kind));
    } else {
      const low = reversed & ((1 << primaryBits) - 1);
      if (low != prefix) {
        prefix = low;
        secondBits = secondTableBits(length, primaryBits, longest, leftAtLength);
        second = usedEntries;
        usedEntries += 1 << secondBits;
        if (usedEntries > capacity) return false;
        for (let at = second; at < usedEntries; at++) store<u64>(table + (at << 3), INVALID);
        store<u64>(table + (low << 3), ((second as u64) << 32) | (IS_ODD | IS_TABLE | (secondBits << 8) | primaryBits));
      }
      const rest = length - primaryBits;
      fill(table + (second << 3), reversed >>> primaryBits, rest, secondBits, toEntry(symbol, rest, kind));
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
    free = (free << 1) - (load<u32>(COUNTS + ((secondBits + primaryBits) << 2)) as i32);
  }
  return secondBits;
}

function fill(table: usize, start: u32, length: u32, tableBits: u32, entry: u64): void {
  const step: u32 = 8 << length;
  const end = table + ((8 as usize) << tableBits);
  for (let at = table + (start << 3); at < end; at += step) store<u64>(at, entry);
}

function toEntry(symbol: u32, length: u32, kind: u32): u64 {
  if (kind == 2) return ((symbol << 16) | length) as u64;
  if (kind == DISTANCES) {
    if (symbol > 29) return INVALID;
    return toBaseEntry(load<u16>(DISTANCE_BASE + (symbol << 1)), load<u8>(DISTANCE_EXTRA + symbol), length) as u64;
  }
  if (symbol < 256) return ((symbol as u64) << 32) | (ONE_LITERAL | (length << 8) | length);
  if (symbol == 256) return (IS_ODD | IS_END | length) as u64;
  if (symbol > 285) return INVALID;
  const base = toBaseEntry(load<u16>(LENGTH_BASE + ((symbol - 257) << 1)), load<u8>(LENGTH_EXTRA + (symbol - 257)), length);
  return (base | HAS_LENGTH) as u64;
}

function toBaseEntry(base: u32, extraBits: u32, length: u32): u32 {
  return (base << 16) | (length << 8) | (length + extraBits);
}

/**
 * Widens the entries of short literals by what follows them, literal or length, where both codes fit into the index. Without
 * branches that depend on the data: they would be mispredicted at every third entry.
 */
function joinPairs(symbols: u32): void {
  memory.copy(SINGLE_ENTRIES, LITERAL_TABLE, 8 << LITERAL_BITS);
  for (let symbol: u32 = 0; symbol < min(symbols, 256); symbol++) {
    const length = load<u8>(LENGTHS + symbol) as u32;
    if (length == 0 || length >= LITERAL_BITS) continue;
    joinLiteral(symbol, length, load<u16>(CODES + (symbol << 1)));
  }
}

function joinLiteral(symbol: u32, length: u32, code: u32): void {
  const rest = LITERAL_BITS - length;
  const first = ((symbol as u64) << 32) | (ONE_LITERAL | (length << 8) | length);
  const step: u32 = 8 << length;
  let at = LITERAL_TABLE + (code << 3);
  for (let next = SINGLE_ENTRIES; next < SINGLE_ENTRIES + (8 << rest); next += 8, at += step) {
    const second = load<u64>(next);
    const literals = ((symbol as u64) | ((second >> 32) << 8)) << 32;
    const pair = literals | ((second as u32) + (ONE_LITERAL | (length << 8) | length));
    const isFitting = (((second as u32) >>> 8) & 63) <= rest && ((second as u32) & IS_ODD) == 0;
    store<u64>(at, select<u64>(pair, first, isFitting));
  }
}

function reverse(code: u32, length: u32): u32 {
  let reversed: u32 = 0;
  for (let i: u32 = 0; i < length; i++) reversed |= ((code >>> i) & 1) << (length - 1 - i);
  return reversed;
}
