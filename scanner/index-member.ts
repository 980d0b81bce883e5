/**
 * The text of a block → a gzip member, by one code that never changes. Digits are as good as random: a code made for each block,
 * as zlib makes it, saves 2 % of the bytes and takes many times as long. Compaction packs them anew, with care.
 */
import { reverse } from './code-table';
import { updateCrc } from './crc';
import { indexTextAt, indexTextBytes } from './index-lines';

/** No code is longer than 8 bits, so no text grows; the header takes 60 bytes. */
const MEMBER: usize = memory.data(3 * 8192 * 33 + 256, 64);
export const indexMemberAt: usize = MEMBER;

const END_OF_BLOCK: u32 = 256;
const SYMBOLS: u32 = 257;
/** Lengths of the codes: thirteen digits and the comma 4, three digits 5, tab and line feed 7, the rest of a line's head 8. */
const LENGTHS: usize = memory.data(264, 8);
const CODED: usize = memory.data<u8>([
  48, 4, 49, 4, 50, 4, 51, 4, 52, 4, 53, 4, 54, 4, 55, 4, 56, 4, 57, 4, 97, 4, 98, 4, 99, 4, 44, 4, 100, 5, 101, 5, 102, 5, 9, 7, 10, 7,
  105, 8, 112, 8, 118, 8,
]);
const CODED_SYMBOLS: usize = 22;
/** For each symbol its code, first bit lowest, and from bit 16 on how many bits it has. */
const CODES: usize = memory.data(264 * 4, 8);
/** The lengths are sent one by one, by a code of their own: for each of 0 to 8 its bits and how many they are. */
const LENGTH_CODES: usize = memory.data<u8>([0, 1, 15, 5, 0, 0, 0, 0, 1, 2, 3, 3, 0, 0, 7, 4, 31, 5]);
/** How many bits those codes have, in the order in which a block sends them: of 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14 and 1. */
const LENGTH_CODE_LENGTHS: usize = memory.data<u8>([0, 0, 0, 1, 5, 4, 0, 0, 0, 3, 0, 2, 0, 0, 0, 0, 0, 5]);
const SENT_LENGTHS: u32 = 18;

let bits: u64 = 0;
let bitCount: u32 = 0;
let to: usize = MEMBER;

/** Fills the table of codes; once an instance. */
export function prepareMember(): void {
  for (let i: usize = 0; i < CODED_SYMBOLS; i++) store<u8>(LENGTHS + (load<u8>(CODED + (i << 1)) as usize), load<u8>(CODED + (i << 1), 1));
  store<u8>(LENGTHS + (END_OF_BLOCK as usize), 8);
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 8; length++, code <<= 1) {
    for (let symbol: u32 = 0; symbol < SYMBOLS; symbol++) {
      if ((load<u8>(LENGTHS + symbol) as u32) != length) continue;
      store<u32>(CODES + (symbol << 2), reverse(code, length) | (length << 16));
      code++;
    }
  }
}

/** Packs the text; returns how many bytes the member has. */
export function packIndexMember(): usize {
  const from = indexTextAt;
  const end = from + indexTextBytes();
  to = MEMBER;
  bits = 0;
  bitCount = 0;
  // A header without a name or a time (RFC 1952).
  store<u64>(to, 0x088b1f);
  store<u16>(to, 0xff00, 8);
  to += 10;
  putBlockHeader();
  putText(from, end);
  put(CODES + (END_OF_BLOCK << 2));
  flush();
  if (bitCount != 0) to++;
  store<u32>(to, ~updateCrc(0xffffffff, from, end));
  store<u32>(to, (end - from) as u32, 4);
  return to + 8 - MEMBER;
}

/** The last block, of codes that are sent: 257 of literals and lengths, one of distances, which none uses (RFC 1951, section 3.2.7). */
function putBlockHeader(): void {
  putBits(1 | (2 << 1), 3);
  putBits((SENT_LENGTHS - 4) << 10, 14);
  for (let i: u32 = 0; i < SENT_LENGTHS; i++) putBits(load<u8>(LENGTH_CODE_LENGTHS + i), 3);
  for (let symbol: u32 = 0; symbol < SYMBOLS; symbol++) putLength(load<u8>(LENGTHS + symbol));
  putLength(1);
}

function putLength(length: usize): void {
  const code = LENGTH_CODES + (length << 1);
  putBits(load<u8>(code), load<u8>(code, 1));
}

function putBits(value: u32, count: u32): void {
  bits |= (value as u64) << (bitCount as u64);
  bitCount += count;
  flush();
}

function putText(from: usize, end: usize): void {
  let at = from;
  // Seven codes of 8 bits and what a flush leaves fit into the word.
  for (; at + 7 <= end; at += 7, flush()) {
    for (let i: usize = 0; i < 7; i++) put(CODES + ((load<u8>(at + i) as usize) << 2));
  }
  for (; at < end; at++, flush()) put(CODES + ((load<u8>(at) as usize) << 2));
}

// @ts-ignore: decorator
@inline
function put(code: usize): void {
  const entry = load<u32>(code);
  bits |= ((entry & 0xffff) as u64) << (bitCount as u64);
  bitCount += entry >>> 16;
}

// @ts-ignore: decorator
@inline
function flush(): void {
  store<u64>(to, bits);
  to += bitCount >>> 3;
  bits >>= (bitCount & ~7) as u64;
  bitCount &= 7;
}
