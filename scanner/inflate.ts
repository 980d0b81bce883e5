/**
 * Inflate (RFC 1951) for the scan kernel: a whole object's compressed bytes lie in memory, text goes to the scan buffer.
 * It takes the healthy path only. Whatever is odd (an unknown block, a code that is over- or undersubscribed, a distance
 * too far back, input that ends early) is an error, and the host reads the object again by zlib, which judges it.
 */
import {
  buildTable,
  DISTANCE_BITS,
  DISTANCE_TABLE,
  IS_END,
  IS_LITERAL,
  IS_TABLE,
  LENGTHS,
  LITERAL_BITS,
  LITERAL_TABLE,
} from './code-table';

const CODE_LENGTHS: usize = memory.data(19 + 13, 16);

/** Order in which a dynamic block sends the lengths of its code-length code. */
const CODE_LENGTH_ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
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
