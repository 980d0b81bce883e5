/**
 * Seen IPv4 addresses of several log objects → rows of the address index: an address, a group of four objects, and which of
 * these hold it, as source and as destination. As src/core/address-rows.ts has it; tests hold them together.
 */
import { RUN, RUN_SIDES } from './seen';
import { sortWords } from './sort';

/** As many as the host may hand over: a million, and a run more. */
export const mostRows: u32 = 1_310_720;
const ROWS: usize = memory.data(1_310_720 * 8, 64);
const SORTED: usize = memory.data(1_310_720 * 8, 64);

/** Rows of a block, see src/core/address-index-writer.ts; those of one address stay together. */
const BLOCK_ROWS: u32 = 4096;

let count: u32 = 0;
let blockEnd: u32 = 0;
export let blockStart: u32 = 0;

/** Forgets all rows. */
export function beginIndex(): void {
  count = blockStart = blockEnd = 0;
}

/** Takes a run that lies where those of `seen` do. Numbers of objects ascend from call to call. */
export function addIndexRun(object: u32, length: u32): void {
  const group = (object >>> 2) << 8;
  const bit = object & 3;
  let to = ROWS + (count << 3);
  for (let i: u32 = 0; i < length; i++, to += 8) {
    const sides = load<u8>(RUN_SIDES + i) as u32;
    const code = group | ((((sides & 1) << 4) | (sides >>> 1)) << bit);
    store<u64>(to, ((load<u32>(RUN + (i << 2)) as u64) << 32) | (code as u64));
  }
  count += length;
}

/** Sorts the rows and unites those of one address and group: these stand together, as sorting keeps the order of objects. */
export function uniteIndexRows(): void {
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

/** Goes on to the next block of rows; false behind the last. */
export function nextIndexBlock(): bool {
  blockStart = blockEnd;
  blockEnd = min(blockStart + BLOCK_ROWS, count);
  while (blockEnd < count && addressOf(blockEnd) == addressOf(blockEnd - 1)) blockEnd++;
  return blockStart != blockEnd;
}

/** Rows of the block. */
export function blockRows(): u32 {
  return blockEnd - blockStart;
}

export function leastInBlock(): u32 {
  return addressOf(blockStart);
}

export function greatestInBlock(): u32 {
  return addressOf(blockEnd - 1);
}

export function addressOf(row: u32): u32 {
  return load<u32>(SORTED + (row << 3), 4);
}

/** Number of the four << 8 | the objects where it is a source << 4 | where it is a destination. */
export function codeOf(row: u32): u32 {
  return load<u32>(SORTED + (row << 3));
}
