/**
 * Seen addresses of several log objects, of one family → rows of the address index: an address, a group of four objects, and
 * which of these hold it, as source and as destination. As src/core/address-rows.ts has it; tests hold them together.
 */
import { IPV6_RUN, IPV6_RUN_SIDES, RUN, RUN_SIDES } from './seen';
import { orderIpv6, sortWords } from './sort';

/** As many as the host may hand over: a million, and a run more. A row of IPv6 and its sorting take four times the room. */
export const mostRows: u32 = 1_310_720;
export const mostIpv6Rows: u32 = 327_680;
const ROWS: usize = memory.data(1_310_720 * 8, 64);
const SORTED: usize = memory.data(1_310_720 * 8, 64);
/** Of IPv6: behind the rows, the words that they are sorted by. */
const IPV6_WORDS: usize = ROWS + 327_680 * 24;
const SORTED_IPV6_WORDS: usize = SORTED + 327_680 * 24;

/** Rows of a block, see src/core/address-index-writer.ts; those of one address stay together. */
const BLOCK_ROWS: u32 = 4096;

let isIpv6: bool = false;
let count: u32 = 0;
let blockEnd: u32 = 0;
export let blockStart: u32 = 0;

/** Forgets all rows. */
export function beginIndex(ofIpv6: bool): void {
  isIpv6 = ofIpv6;
  count = blockStart = blockEnd = 0;
}

/** Takes a run that lies where those of `seen` do. Numbers of objects ascend from call to call. */
export function addIndexRun(object: u32, length: u32): void {
  const group = (object >>> 2) << 8;
  const bit = object & 3;
  for (let i: u32 = 0; i < length; i++) {
    const sides = load<u8>((isIpv6 ? IPV6_RUN_SIDES : RUN_SIDES) + i) as u32;
    const code = group | ((((sides & 1) << 4) | (sides >>> 1)) << bit);
    if (isIpv6) addIpv6Row(count + i, IPV6_RUN + (i << 4), code);
    else store<u64>(ROWS + ((count + i) << 3), ((load<u32>(RUN + (i << 2)) as u64) << 32) | (code as u64));
  }
  count += length;
}

// @ts-ignore: decorator
@inline
function addIpv6Row(row: u32, address: usize, code: u32): void {
  const at = ROWS + row * 24;
  store<u64>(at, bswap(load<u64>(address)));
  store<u64>(at, bswap(load<u64>(address, 8)), 8);
  store<u32>(at, code, 16);
}

/** Sorts the rows and unites those of one address and group: these stand together, as sorting keeps the order of objects. */
export function uniteIndexRows(): void {
  if (isIpv6) return uniteIpv6Rows();
  sortWords(count, ROWS, SORTED, 3);
  let united: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u64>(SORTED + (i << 3));
    const last = SORTED + ((united - 1) << 3);
    if (united != 0 && (load<u64>(last) ^ row) >> 8 == 0) store<u64>(last, load<u64>(last) | row);
    else store<u64>(SORTED + (united++ << 3), row);
  }
  count = united;
}

function uniteIpv6Rows(): void {
  orderIpv6(count, ROWS, IPV6_WORDS, SORTED_IPV6_WORDS);
  let united: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = ROWS + load<u32>(SORTED_IPV6_WORDS + (i << 3)) * 24;
    const code = load<u32>(row, 16);
    const to = SORTED + united * 24;
    if (united != 0 && isSameIpv6(row, to - 24) && (load<u32>(to - 8) ^ code) >>> 8 == 0) {
      store<u32>(to - 8, load<u32>(to - 8) | code);
      continue;
    }
    memory.copy(to, row, 24);
    united++;
  }
  count = united;
}

function isSameIpv6(a: usize, b: usize): bool {
  return ((load<u64>(a) == load<u64>(b)) & (load<u64>(a, 8) == load<u64>(b, 8))) != 0;
}

/** Goes on to the next block of rows; false behind the last. */
export function nextIndexBlock(): bool {
  blockStart = blockEnd;
  blockEnd = min(blockStart + BLOCK_ROWS, count);
  while (blockEnd < count && isRepeated(blockEnd)) blockEnd++;
  return blockStart != blockEnd;
}

/** Whether the row is of the address of the one before it. */
function isRepeated(row: u32): bool {
  return isIpv6 ? isSameIpv6(ipv6RowAt(row), ipv6RowAt(row - 1)) : addressOf(row) == addressOf(row - 1);
}

/** Rows of the block. */
export function blockRows(): u32 {
  return blockEnd - blockStart;
}

/** Where the address of the first row lies, and of the last: a word, or a high and a low half. */
export function leastInBlock(): usize {
  return isIpv6 ? ipv6RowAt(blockStart) : SORTED + (blockStart << 3) + 4;
}

export function greatestInBlock(): usize {
  return isIpv6 ? ipv6RowAt(blockEnd - 1) : SORTED + ((blockEnd - 1) << 3) + 4;
}

/** The IPv4 address of a row. */
export function addressOf(row: u32): u32 {
  return load<u32>(SORTED + (row << 3), 4);
}

/** Where the halves of a row's IPv6 address are, the high one first. */
export function ipv6RowAt(row: u32): usize {
  return SORTED + row * 24;
}

/** Number of the four << 8 | the objects where it is a source << 4 | where it is a destination. */
export function codeOf(row: u32): u32 {
  return isIpv6 ? load<u32>(ipv6RowAt(row), 16) : load<u32>(SORTED + (row << 3));
}

/** Whether rows are of IPv6. */
export function areIpv6(): bool {
  return isIpv6;
}
