/** Rows of a block → its text: a line for each set of objects, as src/core/address-block.ts writes it and address-index.ts says. */
import { addressOf, areIpv6, blockRows, blockStart, codeOf, ipv6RowAt } from './index-rows';
import { hexOf, writeIpv6 } from './ipv6-text';
import { sortWords } from './sort';

/** A block has 4096 rows, and as many more as one address may have; a row is in three sets at most. */
const ENTRIES: usize = memory.data(3 * 8192 * 8, 64);
const SORTED: usize = memory.data(3 * 8192 * 8, 64);
/** An address takes up to 40 bytes, a line 25 more; digits are written 8 at a time. */
const TEXT: usize = memory.data(3 * 8192 * 65 + 64, 64);
/** Objects are numbered below this: then no block has more rows than there is room for. */
export const mostIndexObjects: u32 = 16_384;

const TAB: u8 = 9;
const LF: u8 = 10;
const BLANK: u8 = 32;
const COMMA: u8 = 44;
const ZERO: u8 = 48;
const MASKS: u32 = 15;
/** So many sets are told apart by the lowest digit that sorting looks at. */
const SETS_OF_ONE_DIGIT: u32 = 2048;

export const indexTextAt: usize = TEXT;
let textEnd: usize = TEXT;

/** Bytes of text that `writeIndexLines` wrote. */
export function indexTextBytes(): usize {
  return textEnd - TEXT;
}

/** Writes the block's text. */
export function writeIndexLines(): void {
  const entries = toSets();
  const sorted = sortWords(entries, ENTRIES, SORTED, greatestSet < SETS_OF_ONE_DIGIT ? 1 : 3);
  textEnd = TEXT;
  for (let from = sorted, end = sorted + (entries << 3); from < end; ) {
    let to = from + 8;
    while (to < end && load<u32>(to, 4) == load<u32>(from, 4)) to += 8;
    if (areIpv6()) writeIpv6Line(from, to);
    else writeLine(from, to);
    from = to;
  }
}

let greatestSet: u32 = 0;

/** Which rows are in which sets: number of the set << 32 | row. */
function toSets(): u32 {
  greatestSet = 0;
  let to = ENTRIES;
  for (let row = blockStart, end = blockStart + blockRows(); row < end; row++) {
    const code = codeOf(row);
    const both = (code >>> 4) & code & 15;
    const base = (code >>> 8) * 3 * MASKS - 1;
    to = addEntry(to, base, ((code >>> 4) & 15) ^ both, row);
    to = addEntry(to, base + MASKS, (code & 15) ^ both, row);
    to = addEntry(to, base + 2 * MASKS, both, row);
  }
  return ((to - ENTRIES) >>> 3) as u32;
}

// @ts-ignore: decorator
@inline
function addEntry(to: usize, base: u32, mask: u32, row: u32): usize {
  if (mask == 0) return to;
  greatestSet = max(greatestSet, base + mask);
  store<u64>(to, (((base + mask) as u64) << 32) | (row as u64));
  return to + 8;
}

/** The line of the entries of one set: each address lacks its first digits, which commas count up. */
function writeLine(from: usize, end: usize): void {
  const first = addressOf(load<u32>(from));
  const digits = chooseDigits(first, addressOf(load<u32>(end - 8)), ((end - from) >>> 3) as u32);
  const bits = digits << 2;
  let prefix: u32 = digits == 8 ? 0 : first >>> bits;
  writeHead(load<u32>(from, 4), prefix, 8 - digits);
  let to = textEnd;
  for (let entry = from; entry < end; entry += 8) {
    const address = addressOf(load<u32>(entry));
    for (const own: u32 = digits == 8 ? 0 : address >>> bits; prefix < own; prefix++) store<u8>(to++, COMMA);
    store<u64>(to, hexOf(address) >> ((64 - (digits << 3)) as u64));
    to += digits;
  }
  store<u8>(to, LF);
  textEnd = to + 1;
}

/** The same of IPv6: canonical texts, a blank between. */
function writeIpv6Line(from: usize, end: usize): void {
  writeHead(load<u32>(from, 4), 0, 0);
  for (let entry = from; entry < end; entry += 8) {
    textEnd = writeIpv6(textEnd, ipv6RowAt(load<u32>(entry)));
    store<u8>(textEnd++, BLANK);
  }
  store<u8>(textEnd - 1, LF);
}

/** How many digits each address keeps, so that the digits and the commas of the line are fewest: never more than 8 each. */
function chooseDigits(first: u32, last: u32, addresses: u32): u32 {
  let best: u32 = 8;
  let least = addresses << 3;
  for (let digits: u32 = 7; digits > 0; digits--) {
    const length = addresses * digits + (last >>> (digits << 2)) - (first >>> (digits << 2));
    if (length >= least) continue;
    best = digits;
    least = length;
  }
  return best;
}

/** Columns before the addresses: kind, number, and the first digits as the label. */
function writeHead(set: u32, label: u32, labelDigits: u32): void {
  // "ipv4" or "ipv6", tab
  store<u64>(textEnd, areIpv6() ? 0x0936767069 : 0x0934767069);
  let to = writeDecimal(textEnd + 5, set);
  to = writeTabs(to);
  if (labelDigits != 0) store<u64>(to, hexOf(label) >> ((64 - (labelDigits << 3)) as u64));
  textEnd = writeTabs(to + labelDigits);
}

function writeTabs(at: usize): usize {
  store<u8>(at, TAB);
  store<u8>(at, TAB, 1);
  store<u8>(at, TAB, 2);
  return at + 3;
}

function writeDecimal(at: usize, value: u32): usize {
  let digits: usize = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) digits++;
  let rest = value;
  for (let place = at + digits - 1; place >= at; place--) {
    store<u8>(place, ZERO + ((rest % 10) as u8));
    rest /= 10;
  }
  return at + digits;
}
