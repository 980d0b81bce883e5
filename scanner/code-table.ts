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
export const LITERAL_TABLE: usize = memory.data(2432 * 4, 64);
/** Behind the entries of distances, each one's mask of extra bits. */
export const DISTANCE_TABLE: usize = memory.data(2 * 512 * 4, 64);
export const TO_MASK: usize = 512 * 4;
export const LENGTHS: usize = memory.data(320 + 16, 16);
const COUNTS: usize = memory.data(16 * 4, 16);
const OFFSETS: usize = memory.data(16 * 4, 16);
const SORTED: usize = memory.data(320 * 2, 16);
/** Codes of the symbols, first bit lowest. */
const CODES: usize = memory.data(320 * 2, 16);
const SINGLE_ENTRIES: usize = memory.data(2048 * 4, 64);

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

/** Codes are looked up in a word that begins so many bits before them. */
export const CODE_SHIFT: u32 = 2;

/**
 * Entries of literals and lengths. Bits 0-5: how many bits they take; 14-29 up to two literals, or one and a length less 3, its
 * extra bits read; 30-31 how many literals. Odd ones: 8-11 are the bits of the second table or the extra bits that are to be
 * read, 14-29 where that table is or the length without them.
 */
export const IS_ODD: u32 = 1 << 6;
export const HAS_LENGTH: u32 = 1 << 7;
export const KIND: u32 = 3 << 12;
export const IS_END: u32 = 1 << 12;
export const IS_TABLE: u32 = 2 << 12;
export const NEEDS_EXTRA: u32 = 3 << 12;
export const LITERALS_AT: u32 = 14;
export const LENGTH_AT: u32 = 22;
export const COUNT_AT: u32 = 30;
const ONE_LITERAL: u32 = 1 << 30;
/** No code leads here, or one that means nothing. */
const INVALID: u32 = IS_ODD;

/** Constant vectors, loaded: see ipv4.ts. */
const ALL_BUT_LITERALS: usize = memory.data<u32>([0xc0003fff, 0xc0003fff, 0xc0003fff, 0xc0003fff]);
const LENGTHS_OR_ODD: usize = memory.data<u32>([IS_ODD | 63, IS_ODD | 63, IS_ODD | 63, IS_ODD | 63]);

const LITERALS: u32 = 0;
const DISTANCES: u32 = 1;
const CODE_LENGTHS: u32 = 2;

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
  return buildTable(LITERAL_TABLE, 7, 19, LITERAL_ENTRIES, CODE_LENGTHS);
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
  usedEntries = 1 << primaryBits;
  // A code that is whole leads everywhere.
  if (left > 0) for (let i: u32 = 0; i < usedEntries; i++) store<u32>(table + (i << 2), INVALID);
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
      place(table, reversed, length, primaryBits, symbol, kind);
    } else {
      const low = reversed & ((1 << primaryBits) - 1);
      if (low != prefix) {
        prefix = low;
        secondBits = secondTableBits(length, primaryBits, longest, leftAtLength);
        second = usedEntries;
        usedEntries += 1 << secondBits;
        if (usedEntries > capacity) return false;
        store<u32>(table + (low << 2), (second << LITERALS_AT) | IS_ODD | IS_TABLE | (secondBits << 8));
      }
      const rest = length - primaryBits;
      place(table + (second << 2), reversed >>> primaryBits, rest, secondBits, symbol, kind);
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

/** Lays the entries of a code's symbol: `start` is the code, `length` its bits that this table sees. */
function place(table: usize, start: u32, length: u32, tableBits: u32, symbol: u32, kind: u32): void {
  if (kind == DISTANCES) return placeDistance(table, start, length, tableBits, symbol);
  if (kind == CODE_LENGTHS) return fill(table, start, length, tableBits, (symbol << 16) | length);
  if (symbol < 256) return fill(table, start, length, tableBits, (symbol << LITERALS_AT) | ONE_LITERAL | length);
  if (symbol == 256) return fill(table, start, length, tableBits, IS_ODD | IS_END | length);
  if (symbol > 285) return fill(table, start, length, tableBits, INVALID);
  const base = load<u16>(LENGTH_BASE + ((symbol - 257) << 1)) as u32;
  const extraBits = load<u8>(LENGTH_EXTRA + (symbol - 257)) as u32;
  if (length + extraBits > tableBits) {
    return fill(table, start, length, tableBits, (base << LITERALS_AT) | (extraBits << 8) | IS_ODD | NEEDS_EXTRA | length);
  }
  for (let extra: u32 = 0; extra < (1 as u32) << extraBits; extra++) {
    const taken = length + extraBits;
    fill(table, start | (extra << length), taken, tableBits, ((base + extra - 3) << LENGTH_AT) | HAS_LENGTH | taken);
  }
}

/** Bits 0-5: what code and extra bits take; 8-12 by how many the extra bits lie above the word's beginning; 16-31 the base. */
function placeDistance(table: usize, start: u32, length: u32, tableBits: u32, symbol: u32): void {
  if (symbol > 29) return fill(table, start, length, tableBits, INVALID);
  const base = load<u16>(DISTANCE_BASE + (symbol << 1)) as u32;
  const extraBits = load<u8>(DISTANCE_EXTRA + symbol) as u32;
  fill(table, start, length, tableBits, (base << 16) | ((length + CODE_SHIFT) << 8) | (length + extraBits));
  fill(table + TO_MASK, start, length, tableBits, (1 << extraBits) - 1);
}

function fill(table: usize, start: u32, length: u32, tableBits: u32, entry: u32): void {
  const step: u32 = 4 << length;
  const end = table + ((4 as usize) << tableBits);
  for (let at = table + (start << 2); at < end; at += step) store<u32>(at, entry);
}

/**
 * Widens the entries of short literals by what follows them, literal or length, where both codes fit into the index. Without
 * branches that depend on the data: they would be mispredicted at every third entry.
 */
function joinPairs(symbols: u32): void {
  memory.copy(SINGLE_ENTRIES, LITERAL_TABLE, 4 << LITERAL_BITS);
  for (let symbol: u32 = 0; symbol < min(symbols, 256); symbol++) {
    const length = load<u8>(LENGTHS + symbol) as u32;
    // Four entries are made at a time; next to so long a code hardly any other fits.
    if (length == 0 || length > LITERAL_BITS - 2) continue;
    joinLiteral(symbol, length, load<u16>(CODES + (symbol << 1)));
  }
}

function joinLiteral(symbol: u32, length: u32, code: u32): void {
  const rest = LITERAL_BITS - length;
  const first = i32x4.splat((symbol << LITERALS_AT) | ONE_LITERAL | length);
  const most = i32x4.splat(rest);
  const step: u32 = 4 << length;
  let at = LITERAL_TABLE + (code << 2);
  for (let next = SINGLE_ENTRIES; next < SINGLE_ENTRIES + (4 << rest); next += 16, at += step << 2) {
    const second = v128.load(next);
    const literal = i32x4.shl(i32x4.shr_u(i32x4.shl(second, 10), 24), LENGTH_AT);
    const hasLength = i32x4.shr_s(i32x4.shl(second, 24), 31);
    const widened = v128.bitselect(second, v128.or(v128.and(second, v128.load(ALL_BUT_LITERALS)), literal), hasLength);
    // One that is odd counts as longer than any rest.
    const isFitting = i32x4.le_s(v128.and(second, v128.load(LENGTHS_OR_ODD)), most);
    const entries = v128.bitselect(i32x4.add(first, widened), first, isFitting);
    store<u32>(at, i32x4.extract_lane(entries, 0));
    store<u32>(at + step, i32x4.extract_lane(entries, 1));
    store<u32>(at + (step << 1), i32x4.extract_lane(entries, 2));
    store<u32>(at + step * 3, i32x4.extract_lane(entries, 3));
  }
}

/** The bits of a code, the first lowest, as deflate sends them. */
export function reverse(code: u32, length: u32): u32 {
  let reversed: u32 = 0;
  for (let i: u32 = 0; i < length; i++) reversed |= ((code >>> i) & 1) << (length - 1 - i);
  return reversed;
}
