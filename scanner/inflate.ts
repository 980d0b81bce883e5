/**
 * Inflate (RFC 1951) for the scan kernel: a whole object's compressed bytes lie in memory, text goes to the scan buffer.
 * It takes the healthy path only. Whatever is odd (an unknown block, a code that is over- or undersubscribed, a distance
 * too far back, input that ends early) is an error, and the host reads the object again by zlib, which judges it.
 */

/** Most bits of a code that one table look-up decodes; longer codes take a second. Larger tables miss the L1 cache. */
const LITERAL_BITS: u32 = 10;
const DISTANCE_BITS: u32 = 8;
/** 1 << bits, and as many again for the second tables as zlib's `enough` shows to suffice. */
const LITERAL_TABLE: usize = memory.data(4096 * 4, 16);
const DISTANCE_TABLE: usize = memory.data(2048 * 4, 16);
const LENGTHS: usize = memory.data(320 + 16, 16);
const COUNTS: usize = memory.data(16 * 4, 16);
const OFFSETS: usize = memory.data(16 * 4, 16);
const SORTED: usize = memory.data(320 * 2, 16);
const CODE_LENGTHS: usize = memory.data(19 + 13, 16);

/** Order in which a dynamic block sends the lengths of its code-length code. */
const CODE_LENGTH_ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
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
const IS_LITERAL: u32 = 1 << 13;
const IS_END: u32 = 1 << 14;
const IS_TABLE: u32 = 1 << 15;

/** What `inflate` answers; errors are negative. */
const OUTPUT_FULL: i32 = 0;
const MEMBER_END: i32 = 1;
const CORRUPT: i32 = -1;

/** A match writes up to 258 bytes and its copy 32 more. */
const OUTPUT_SLACK: usize = 320;

const AT_BLOCK: u32 = 0;
const IN_CODES: u32 = 1;
const IN_STORED: u32 = 2;

let bits: u64 = 0;
let bitCount: u32 = 0;
let input: usize = 0;
let inputEnd: usize = 0;
let output: usize = 0;
let outputFloor: usize = 0;
let mode: u32 = AT_BLOCK;
let isLastBlock: bool = false;
let storedLeft: u32 = 0;
let usedTable: usize = 0;

/** Begins a gzip member's deflate data. Text goes on at `outputAt`; nothing before it belongs to this member. */
export function beginInflate(inputAt: usize, inputStop: usize, outputAt: usize): void {
  bits = 0;
  bitCount = 0;
  input = inputAt;
  inputEnd = inputStop;
  output = outputAt;
  outputFloor = outputAt;
  mode = AT_BLOCK;
  isLastBlock = false;
}

/** Where the next byte of text goes. */
export function outputEnd(): usize {
  return output;
}

/** The host moved the text down by so many bytes; it kept the last 32 KiB, as far back as a match may reach. */
export function slideOutput(bytes: usize, bufferStart: usize): void {
  output -= bytes;
  outputFloor = max(bufferStart + bytes, outputFloor) - bytes;
}

/** Where the compressed data of the member ended. */
export function inputAt(): usize {
  return input - ((bitCount >>> 3) as usize);
}

/** Goes on until the member ends or the text reaches `stop` (less some slack). */
export function inflate(stop: usize): i32 {
  const limit = stop - OUTPUT_SLACK;
  while (mode != AT_BLOCK || !isLastBlock) {
    if (mode == AT_BLOCK && !beginBlock()) return CORRUPT;
    const state = mode == IN_STORED ? copyStored(limit) : decode(limit);
    // Text made of what lies behind the input's end is none.
    if (inputAt() > inputEnd) return CORRUPT;
    if (state != MEMBER_END) return state;
    mode = AT_BLOCK;
  }
  return MEMBER_END;
}

// @ts-ignore: decorator
@inline
function refill(): void {
  bits |= load<u64>(input) << bitCount;
  input += ((63 - bitCount) >>> 3) as usize;
  bitCount |= 56;
}

// @ts-ignore: decorator
@inline
function take(count: u32): u32 {
  const value = (bits as u32) & ((1 << count) - 1);
  bits >>= count;
  bitCount -= count;
  return value;
}

function beginBlock(): bool {
  if (inputAt() > inputEnd) return false;
  refill();
  isLastBlock = take(1) != 0;
  const type = take(2);
  if (type == 0) return beginStored();
  if (type == 1) {
    mode = IN_CODES;
    return buildFixed();
  }
  mode = IN_CODES;
  return type == 2 && buildDynamic();
}

function beginStored(): bool {
  take(bitCount & 7);
  input -= (bitCount >>> 3) as usize;
  bits = 0;
  bitCount = 0;
  if (input + 4 > inputEnd) return false;
  storedLeft = load<u16>(input);
  if ((storedLeft ^ 0xffff) != (load<u16>(input, 2) as u32)) return false;
  input += 4;
  mode = IN_STORED;
  return input + (storedLeft as usize) <= inputEnd;
}

function copyStored(limit: usize): i32 {
  const room = output < limit ? ((limit - output) as u32) : 0;
  const count = min(storedLeft, room);
  memory.copy(output, input, count as usize);
  output += count as usize;
  input += count as usize;
  storedLeft -= count;
  return storedLeft == 0 ? MEMBER_END : OUTPUT_FULL;
}

function buildFixed(): bool {
  memory.fill(LENGTHS, 8, 144);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  memory.fill(LENGTHS + 280, 8, 8);
  if (!buildTable(LITERAL_TABLE, LITERAL_BITS, 288, 4096, 0)) return false;
  memory.fill(LENGTHS, 5, 32);
  return buildTable(DISTANCE_TABLE, DISTANCE_BITS, 32, 2048, 1);
}

function buildDynamic(): bool {
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const codes = take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  memory.fill(CODE_LENGTHS, 0, 19);
  for (let i: u32 = 0; i < codes; i++) {
    refill();
    store<u8>(CODE_LENGTHS + (load<u8>(CODE_LENGTH_ORDER + (i as usize)) as usize), take(3) as u8);
  }
  memory.copy(LENGTHS, CODE_LENGTHS, 19);
  if (!buildTable(LITERAL_TABLE, 7, 19, 4096, 2)) return false;
  if (!readLengths(literals + distances)) return false;
  // Both codes are built from LENGTHS; the distance lengths move down once the literal table stands.
  if (load<u8>(LENGTHS + 256) == 0) return false;
  if (!buildTable(LITERAL_TABLE, LITERAL_BITS, literals, 4096, 0)) return false;
  memory.copy(LENGTHS, LENGTHS + (literals as usize), distances as usize);
  return buildTable(DISTANCE_TABLE, DISTANCE_BITS, distances, 2048, 1);
}

function readLengths(total: u32): bool {
  let done: u32 = 0;
  let last: u32 = 0;
  while (done < total) {
    if (inputAt() > inputEnd) return false;
    refill();
    const entry = load<u32>(LITERAL_TABLE + ((((bits as u32) & 127) as usize) << 2));
    if (entry == 0) return false;
    take(entry & 255);
    const symbol = entry >>> 16;
    let repeat: u32 = 1;
    if (symbol < 16) last = symbol;
    else if (symbol == 16) {
      if (done == 0) return false;
      repeat = 3 + take(2);
    } else {
      last = 0;
      repeat = symbol == 17 ? 3 + take(3) : 11 + take(7);
    }
    if (done + repeat > total) return false;
    memory.fill(LENGTHS + (done as usize), last as u8, repeat as usize);
    done += repeat;
  }
  return true;
}

/** Decoding table of the canonical code whose lengths are in LENGTHS. `kind`: 0 literals, 1 distances, 2 code lengths. */
function buildTable(table: usize, primaryBits: u32, symbols: u32, capacity: usize, kind: u32): bool {
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

/** The hot loop: codes of one block. Registers are locals; they go back to the globals when it ends. */
function decode(limit: usize): i32 {
  let b = bits;
  let n = bitCount;
  let source = input;
  let out = output;
  const stop = inputEnd + 8;
  let state: i32 = OUTPUT_FULL;
  while (out < limit) {
    if (source > stop) {
      state = CORRUPT;
      break;
    }
    b |= load<u64>(source) << n;
    source += ((63 - n) >>> 3) as usize;
    n |= 56;
    let entry = load<u32>(LITERAL_TABLE + ((((b as u32) & 1023) as usize) << 2));
    // Two literals fit into one refill before a match, of 48 bits at most, needs the next.
    if ((entry & IS_LITERAL) != 0) {
      store<u8>(out++, (entry >>> 16) as u8);
      b >>= entry & 255;
      n -= entry & 255;
      entry = load<u32>(LITERAL_TABLE + ((((b as u32) & 1023) as usize) << 2));
      if ((entry & IS_LITERAL) != 0) {
        store<u8>(out++, (entry >>> 16) as u8);
        b >>= entry & 255;
        n -= entry & 255;
        entry = load<u32>(LITERAL_TABLE + ((((b as u32) & 1023) as usize) << 2));
      }
      b |= load<u64>(source) << n;
      source += ((63 - n) >>> 3) as usize;
      n |= 56;
    }
    if ((entry & IS_TABLE) != 0) {
      b >>= LITERAL_BITS;
      n -= LITERAL_BITS;
      const at = (entry >>> 16) + ((b as u32) & ((1 << ((entry >>> 8) & 31)) - 1));
      entry = load<u32>(LITERAL_TABLE + ((at as usize) << 2));
    }
    b >>= entry & 255;
    n -= entry & 255;
    if ((entry & IS_LITERAL) != 0) {
      store<u8>(out++, (entry >>> 16) as u8);
      continue;
    }
    if ((entry & IS_END) != 0 || entry == 0) {
      state = entry == 0 ? CORRUPT : MEMBER_END;
      break;
    }
    const lengthExtra = (entry >>> 8) & 31;
    const length = ((entry >>> 16) + ((b as u32) & ((1 << lengthExtra) - 1))) as usize;
    b >>= lengthExtra;
    n -= lengthExtra;
    let far = load<u32>(DISTANCE_TABLE + ((((b as u32) & 255) as usize) << 2));
    if ((far & IS_TABLE) != 0) {
      b >>= DISTANCE_BITS;
      n -= DISTANCE_BITS;
      const at = (far >>> 16) + ((b as u32) & ((1 << ((far >>> 8) & 31)) - 1));
      far = load<u32>(DISTANCE_TABLE + ((at as usize) << 2));
    }
    b >>= far & 255;
    n -= far & 255;
    const farExtra = (far >>> 8) & 31;
    const distance = ((far >>> 16) + ((b as u32) & ((1 << farExtra) - 1))) as usize;
    b >>= farExtra;
    n -= farExtra;
    if (far == 0 || distance > out - outputFloor) {
      state = CORRUPT;
      break;
    }
    out = copyMatch(out, distance, length);
  }
  bits = b;
  bitCount = n;
  input = source;
  output = out;
  return state;
}

// @ts-ignore: decorator
@inline
function copyMatch(out: usize, distance: usize, length: usize): usize {
  const end = out + length;
  let from = out - distance;
  let to = out;
  // 16 bytes at a time, in order, also repeat a pattern of 16 or more; up to 31 bytes too many are written over later.
  if (distance >= 16) {
    do {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
      from += 32;
    } while (to < end);
    return end;
  }
  while (to < end) store<u8>(to++, load<u8>(from++));
  return end;
}
