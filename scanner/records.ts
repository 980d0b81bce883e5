/**
 * The scan kernel (AssemblyScript → WebAssembly): lines of text in its buffer → counted records, and events for the few
 * lines that the host must look at. Separators are found 16 bytes at a time; then only the fields that are checked
 * (addresses, numbers, log-status) are read. The rules are those of src/core/record-bytes.ts, and tests hold them together.
 */

import { beginLine, isAddress, touches } from './address';

export { ipv4BucketsAt, ipv6FilterAt, setIndicators } from './address';
export { beginInflate, inflate, inputAt, outputEnd, slideOutput } from './inflate';

const SPACE: u8 = 32;
const LF: u8 = 10;
const CR: u8 = 13;
const MINUS: u8 = 45;

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
export const heapAt: usize = __heap_base;

let fieldCount: usize = 0;
let checkCount: usize = 0;

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
  beginLine();
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
  else if (touches()) addEvent(EVENT_CANDIDATE, start, lineEnd);
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
