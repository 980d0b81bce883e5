/**
 * Inflate (RFC 1951), resumable at any byte of its input. It takes the healthy path only. Whatever is odd (an unknown block, a
 * bad code, a distance too far back) is an error, and the host reads the object again by zlib, which judges it.
 */
import { buildDistanceTable, buildLengthTable, buildLiteralTable, IS_ODD, LENGTHS, LITERAL_TABLE } from './code-table';
import {
  alignToByte,
  BLOCK_END,
  CORRUPT,
  decode,
  hasInput,
  INPUT_USED,
  inputAt,
  inputLeft,
  OUTPUT_FULL,
  outputEnd,
  peek,
  skipCopied,
  take,
} from './decode';

const CODE_LENGTHS: usize = memory.data(19 + 13, 16);
/** Order in which a dynamic block sends the lengths of its code-length code. */
const CODE_LENGTH_ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
/** A block's header is read in one go: 17 + 19 × 3 + 316 × (7 + 7) bits at most, and a load of eight bytes. */
const HEADER_BYTES: isize = 600;

const AT_BLOCK: u32 = 0;
const IN_CODES: u32 = 1;
const IN_STORED: u32 = 2;
const AT_END: u32 = 3;

let mode: u32 = AT_BLOCK;
let isLastBlock: bool = false;
let storedLeft: u32 = 0;
/** Whether the tables hold the fixed codes: a block of them may be ten bits long, and building takes microseconds. */
let isFixedBuilt: bool = false;

/** Begins a gzip member's deflate data, at the input as it stands. */
export function beginInflate(): void {
  mode = AT_BLOCK;
  isLastBlock = false;
}

/** Goes on until the data end (BLOCK_END), the text reaches `outputLimit`, or the input is used up. */
export function inflate(outputLimit: usize, isFinal: bool): i32 {
  while (mode != AT_END) {
    if (mode == AT_BLOCK) {
      if (!isFinal && !hasInput(HEADER_BYTES)) return INPUT_USED;
      if (!beginBlock() || !hasInput(0)) return CORRUPT;
    }
    const state = mode == IN_STORED ? copyStored(outputLimit) : decode(outputLimit, isFinal);
    // Text made of what lies behind the input's end is none.
    if (!hasInput(0)) return CORRUPT;
    if (state != BLOCK_END) return state;
    mode = isLastBlock ? AT_END : AT_BLOCK;
  }
  return BLOCK_END;
}

function beginBlock(): bool {
  isLastBlock = take(1) != 0;
  const type = take(2);
  mode = type == 0 ? IN_STORED : IN_CODES;
  return type == 0 ? beginStored() : type == 1 ? buildFixed() : type == 2 && buildDynamic();
}

function beginStored(): bool {
  alignToByte();
  if (!hasInput(4)) return false;
  storedLeft = take(16);
  return (storedLeft ^ 0xffff) == take(16);
}

function copyStored(outputLimit: usize): i32 {
  const room = outputEnd() < outputLimit ? ((outputLimit - outputEnd()) as u32) : 0;
  const count = min(min(storedLeft, room), inputLeft() as u32);
  memory.copy(outputEnd(), inputAt(), count as usize);
  skipCopied(count);
  storedLeft -= count;
  if (storedLeft == 0) return BLOCK_END;
  return count == room ? OUTPUT_FULL : INPUT_USED;
}

function buildFixed(): bool {
  if (isFixedBuilt) return true;
  isFixedBuilt = true;
  memory.fill(LENGTHS, 8, 144);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  memory.fill(LENGTHS + 280, 8, 8);
  if (!buildLiteralTable(288)) return false;
  memory.fill(LENGTHS, 5, 32);
  return buildDistanceTable(32);
}

function buildDynamic(): bool {
  isFixedBuilt = false;
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const codes = take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  memory.fill(CODE_LENGTHS, 0, 19);
  for (let i: u32 = 0; i < codes; i++) {
    store<u8>(CODE_LENGTHS + (load<u8>(CODE_LENGTH_ORDER + i) as usize), take(3) as u8);
  }
  memory.copy(LENGTHS, CODE_LENGTHS, 19);
  if (!buildLengthTable() || !readLengths(literals + distances)) return false;
  // Both codes are built from LENGTHS; the distance lengths move down once the literal table stands.
  if (load<u8>(LENGTHS + 256) == 0 || !buildLiteralTable(literals)) return false;
  memory.copy(LENGTHS, LENGTHS + (literals as usize), distances as usize);
  return buildDistanceTable(distances);
}

function readLengths(total: u32): bool {
  let done: u32 = 0;
  let last: u32 = 0;
  while (done < total) {
    if (!hasInput(0)) return false;
    const entry = load<u32>(LITERAL_TABLE + (peek(7) << 2));
    if ((entry & IS_ODD) != 0) return false;
    take(entry & 15);
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
