/**
 * The scan kernel (AssemblyScript → WebAssembly): lines of text in its buffer → counted records, and events for the few
 * lines that the host must look at. Separators are found 16 bytes at a time; then only the fields that are checked
 * (addresses, numbers, log-status) are read. The rules are those of src/core/record-bytes.ts, and tests hold them together.
 */

export { beginInflate, inflate, inputAt, outputEnd, slideOutput } from './inflate';

const SPACE: u8 = 32;
const LF: u8 = 10;
const CR: u8 = 13;
const MINUS: u8 = 45;
const DOT: u8 = 46;
const COLON: u8 = 58;

/** Longer lines are no records: the longest real ones, with all ECS names, stay under 2 KiB. */
const LONGEST_LINE_BYTES: usize = 64 * 1024;
const BUFFER_BYTES: usize = 512 * 1024;
/** Formats have some forty fields; a line with more separators than this is malformed in any case. */
const MOST_FIELDS: usize = 4096;
const MOST_EVENTS: usize = 4096;
const EVENT_BYTES: usize = 16;

const BUFFER: usize = memory.data(512 * 1024 + 64, 16);
const SEPARATORS: usize = memory.data(4096 * 4 + 16, 16);
const CHECKS: usize = memory.data(4096 * 8, 16);
const EVENTS: usize = memory.data(4096 * 16, 16);
const IPV4_BUCKETS: usize = memory.data(65_537 * 4, 16);
const IPV6_FILTER: usize = memory.data(65_536, 16);
const GROUPS: usize = memory.data(32, 16);

/** Kinds of checked fields and of events; the host has the same numbers. */
const NUMBER: u32 = 1;
const ADDRESS: u32 = 2;
const EVENT_CANDIDATE: u32 = 1;
const EVENT_STATUS: u32 = 2;
const EVENT_FIELD_COUNT: u32 = 3;
const EVENT_ADDRESS: u32 = 4;
const EVENT_NUMBER: u32 = 5;
const EVENT_TOO_LONG: u32 = 6;

/** Where the host puts and finds things. */
export const bufferAt: usize = BUFFER;
export const bufferBytes: usize = BUFFER_BYTES;
export const checksAt: usize = CHECKS;
export const eventsAt: usize = EVENTS;
export const ipv4BucketsAt: usize = IPV4_BUCKETS;
export const ipv6FilterAt: usize = IPV6_FILTER;
export const heapAt: usize = __heap_base;

let fieldCount: usize = 0;
let checkCount: usize = 0;
let rangeCount: u32 = 0;
let rangeStarts: usize = 0;
let rangeEnds: usize = 0;
let ipv6Mask: u32 = 0;
let hasIpv6: bool = false;
let mayMatch: bool = false;
let word: u32 = 0;

/** Malformed lines by kind that the host need not look at. */
export let wrongFieldCounts: u32 = 0;
export let wrongAddresses: u32 = 0;
export let wrongNumbers: u32 = 0;

export let records: u32 = 0;
export let lines: u32 = 0;
export let events: u32 = 0;

/** The format: how many fields, and how many of them (their index and kind lie at `checksAt`) are checked. */
export function setFormat(fields: usize, checks: usize): void {
  fieldCount = fields;
  checkCount = checks;
}

/** The indicator set: merged IPv4 ranges in two arrays, and whether and by which bits IPv6 is filtered. */
export function setIndicators(count: u32, starts: usize, ends: usize, mask: u32, isIpv6: bool): void {
  rangeCount = count;
  rangeStarts = starts;
  rangeEnds = ends;
  ipv6Mask = mask;
  hasIpv6 = isIpv6;
}

/** Scans whole lines from `from` to `stop` in the buffer; returns where it stopped: earlier, if the events are full. */
export function scan(from: usize, stop: usize): usize {
  let at = BUFFER + from;
  const end = BUFFER + stop;
  records = 0;
  lines = 0;
  events = 0;
  wrongFieldCounts = 0;
  wrongAddresses = 0;
  wrongNumbers = 0;
  while (at < end && events < (MOST_EVENTS as u32)) at = scanLine(at);
  return at - BUFFER;
}

function scanLine(start: usize): usize {
  lines++;
  let count: usize = 0;
  let at = start;
  let lineEnd: usize = 0;
  const spaces = i8x16.splat(SPACE);
  const lineFeeds = i8x16.splat(LF);
  for (;;) {
    const bytes = v128.load(at);
    let separators = i8x16.bitmask(i8x16.eq(bytes, spaces));
    const ends = i8x16.bitmask(i8x16.eq(bytes, lineFeeds));
    if (ends != 0) separators &= (ends & -ends) - 1;
    while (separators != 0) {
      if (count < MOST_FIELDS) store<u32>(SEPARATORS + (count << 2), (at + ctz(separators)) as u32);
      count++;
      separators &= separators - 1;
    }
    if (ends != 0) {
      lineEnd = at + ctz(ends);
      break;
    }
    at += 16;
  }
  if (lineEnd - start > LONGEST_LINE_BYTES) addEvent(EVENT_TOO_LONG, start, lineEnd);
  else judgeLine(start, lineEnd, count);
  return lineEnd + 1;
}

function judgeLine(start: usize, lineEnd: usize, separators: usize): void {
  const contentEnd = lineEnd > start && load<u8>(lineEnd - 1) == CR ? lineEnd - 1 : lineEnd;
  if (separators + 1 != fieldCount) {
    if (!isBlank(start, contentEnd)) addMalformed(EVENT_FIELD_COUNT, start, lineEnd);
    return;
  }
  store<u32>(SEPARATORS + (separators << 2), contentEnd as u32);
  mayMatch = false;
  let statusAt: usize = 0;
  for (let i: usize = 0; i < checkCount; i++) {
    const field = load<u32>(CHECKS + (i << 3)) as usize;
    const kind = load<u32>(CHECKS + (i << 3) + 4);
    const from = field == 0 ? start : (load<u32>(SEPARATORS + ((field - 1) << 2)) as usize) + 1;
    const to = load<u32>(SEPARATORS + (field << 2)) as usize;
    if (kind == NUMBER) {
      if (!isNumber(from, to)) return addMalformed(EVENT_NUMBER, start, lineEnd);
    } else if (kind == ADDRESS) {
      if (!isAddress(from, to)) return addMalformed(EVENT_ADDRESS, start, lineEnd);
    } else if (to - from != 2 || load<u16>(from) != 0x4b4f) statusAt = from; // "OK"
  }
  records++;
  if (statusAt != 0) addEvent(EVENT_STATUS, statusAt, lineEnd);
  else if (mayMatch) addEvent(EVENT_CANDIDATE, start, lineEnd);
}

/** Counts the line, or names it to the host if it may be a header again. A file of short lines must not flood the host. */
function addMalformed(kind: u32, start: usize, end: usize): void {
  if (mayBeHeader(start, end)) addEvent(kind, start, end);
  else if (kind == EVENT_FIELD_COUNT) wrongFieldCounts++;
  else if (kind == EVENT_ADDRESS) wrongAddresses++;
  else wrongNumbers++;
}

/** Whether "srcaddr" is in the line. */
function mayBeHeader(start: usize, end: usize): bool {
  for (let at = start; at + 7 <= end; at++) {
    if (load<u32>(at) == 0x61637273 && load<u16>(at, 4) == 0x6464 && load<u8>(at, 6) == 0x72) return true;
  }
  return false;
}

/** Nothing but tabs, vertical tabs, form feeds, CRs and blanks. */
function isBlank(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte != SPACE && (byte < 9 || byte > 13)) return false;
  }
  return true;
}

function addEvent(kind: u32, start: usize, end: usize): void {
  const at = EVENTS + (events as usize) * EVENT_BYTES;
  store<u32>(at, kind);
  store<u32>(at, (start - BUFFER) as u32, 4);
  store<u32>(at, (end - BUFFER) as u32, 8);
  store<u32>(at, lines, 12);
  events++;
}

/** `-` or decimal digits up to 2^63 − 1. */
function isNumber(from: usize, to: usize): bool {
  const length = to - from;
  if (length == 0) return false;
  if (length == 1 && load<u8>(from) == MINUS) return true;
  if (length <= 16) {
    const digits = i8x16.sub(v128.load(from), i8x16.splat(48));
    const wanted = ((1 as i32) << (length as i32)) - 1;
    return (i8x16.bitmask(i8x16.le_u(digits, i8x16.splat(9))) & wanted) == wanted;
  }
  return isLongNumber(from, to);
}

function isLongNumber(from: usize, to: usize): bool {
  let value: u64 = 0;
  for (let at = from; at < to; at++) {
    const digit = (load<u8>(at) as u32) - 48;
    if (digit > 9) return false;
    // 922337203685477580 * 10 + 7 is 2^63 − 1.
    if (value > 922337203685477580 || (value == 922337203685477580 && digit > 7)) return false;
    value = value * 10 + digit;
  }
  return true;
}

/** `-`, IPv4 or IPv6; notes whether the indicator set may hold it. */
function isAddress(from: usize, to: usize): bool {
  if (readIpv4(from, to)) {
    mayMatch = mayMatch || holdsIpv4(word);
    return true;
  }
  if (to - from == 1 && load<u8>(from) == MINUS) return true;
  return isIpv6(from, to);
}

/** Four octets without leading zeros into `word`. */
function readIpv4(from: usize, to: usize): bool {
  const length = to - from;
  if (length < 7 || length > 15) return false;
  let value: u32 = 0;
  let octet: u32 = 0;
  let digits: u32 = 0;
  let dots: u32 = 0;
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    const digit = (byte as u32) - 48;
    if (digit <= 9) {
      if (digits != 0 && octet == 0) return false;
      octet = octet * 10 + digit;
      if (++digits > 3) return false;
    } else {
      if (byte != DOT || digits == 0 || octet > 255 || ++dots > 3) return false;
      value = (value << 8) | octet;
      octet = 0;
      digits = 0;
    }
  }
  if (dots != 3 || digits == 0 || octet > 255) return false;
  word = (value << 8) | octet;
  return true;
}

function holdsIpv4(address: u32): bool {
  const bucket = IPV4_BUCKETS + ((address >>> 16) << 2);
  let low = load<u32>(bucket);
  let high = min(load<u32>(bucket, 4) + 1, rangeCount);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (address < load<u32>(rangeStarts + (middle << 2))) high = middle;
    else if (address > load<u32>(rangeEnds + (middle << 2))) low = middle + 1;
    else return true;
  }
  return false;
}

function holdsIpv6(first: u32): bool {
  return hasIpv6 && load<u8>(IPV6_FILTER + (((first & ipv6Mask) * 0x9e3779b1) >>> 16)) != 0;
}

/** Eight groups of up to four hex digits, one `::`, perhaps a dotted quad at the end. IPv4-mapped is IPv4. */
function isIpv6(from: usize, to: usize): bool {
  let count: usize = 0;
  let gap: i32 = -1;
  let at = from;
  if (to - from < 2) return false;
  if (load<u8>(at) == COLON) {
    if (load<u8>(at + 1) != COLON) return false;
    gap = 0;
    at += 2;
  }
  while (at < to) {
    if (count == 8) return false;
    const groupEnd = readGroup(at, to, count);
    if (groupEnd == 0) return false;
    if (groupEnd < to && load<u8>(groupEnd) == DOT) {
      if (count > 6 || !readIpv4(at, to)) return false;
      store<u16>(GROUPS + (count << 1), (word >>> 16) as u16);
      store<u16>(GROUPS + ((count + 1) << 1), (word & 0xffff) as u16);
      count += 2;
      at = to;
      break;
    }
    count++;
    at = groupEnd;
    if (at == to) break;
    if (load<u8>(at) != COLON) return false;
    at++;
    if (at == to) return false;
    if (load<u8>(at) == COLON) {
      if (gap >= 0) return false;
      gap = count as i32;
      at++;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return false;
  noteIpv6(count, gap);
  return true;
}

function readGroup(from: usize, to: usize, index: usize): usize {
  let value: u32 = 0;
  let at = from;
  while (at < to) {
    const digit = hexDigit(load<u8>(at));
    if (digit > 15) break;
    if (at - from == 4) return 0;
    value = (value << 4) | digit;
    at++;
  }
  store<u16>(GROUPS + (index << 1), value as u16);
  return at == from ? 0 : at;
}

function hexDigit(byte: u8): u32 {
  const digit = (byte as u32) - 48;
  if (digit <= 9) return digit;
  const letter = ((byte as u32) | 32) - 97;
  return letter <= 5 ? letter + 10 : 16;
}

/** The address as eight groups: those before the gap, zeros, those behind it. */
function noteIpv6(count: usize, gap: i32): void {
  if (gap >= 0) {
    const behind = count - (gap as usize);
    memory.copy(GROUPS + ((8 - behind) << 1), GROUPS + ((gap as usize) << 1), behind << 1);
    memory.fill(GROUPS + ((gap as usize) << 1), 0, (8 - count) << 1);
  }
  const isMapped = load<u64>(GROUPS) == 0 && load<u16>(GROUPS, 8) == 0 && load<u16>(GROUPS, 10) == 0xffff;
  if (isMapped) {
    mayMatch = mayMatch || holdsIpv4(((load<u16>(GROUPS, 12) as u32) << 16) | load<u16>(GROUPS, 14));
  } else mayMatch = mayMatch || holdsIpv6(((load<u16>(GROUPS) as u32) << 16) | load<u16>(GROUPS, 2));
}
