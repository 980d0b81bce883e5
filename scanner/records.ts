/**
 * Lines whose ends are known → counted records, events for the few lines that the host must look at, addresses that were seen.
 * The rules are those of src/core/record-bytes.ts, and tests hold them together.
 */
import {
  ABSENT,
  BAD,
  digitsOf,
  IPV6,
  ipv6High,
  ipv6Low,
  numberOf,
  octetsOf,
  readAddress,
  shapeOf,
  wrongOf,
} from './address';
import {
  areDigits,
  DESTINATION_ROLE,
  END_ROLE,
  endOf,
  fieldCount,
  forgetFormat,
  hasRole,
  locateColumns,
  PACKET_DESTINATION_ROLE,
  PACKET_SOURCE_ROLE,
  SOURCE_ROLE,
  START_ROLE,
  startOf,
  STATUS_ROLE,
} from './columns';
import { holdsIpv4, holdsIpv6, mayHoldIpv4 } from './indicators';
import { areNumbers, isBlank, mayBeHeader, nameFailure } from './odd-lines';
import { DESTINATION, mustTakeRun, noteIpv4, noteIpv6, SOURCE } from './seen';
import { addMark, LONGEST_LINE_BYTES } from './text-buffer';
import { LINE_ENDS, lineEndsStop, passedSeparators } from './text-pass';

const CR: u8 = 13;
const MINUS: u8 = 45;
const MOST_EVENTS: u32 = 1024;
const EVENT_BYTES: u32 = 16;
const EVENTS: usize = memory.data(1024 * 16, 16);
export const eventsAt: usize = EVENTS;

/** Kinds of events; the host has the same numbers. */
const EVENT_CANDIDATE: u32 = 1;
const EVENT_STATUS: u32 = 2;
export const EVENT_FIELD_COUNT: u32 = 3;
export const EVENT_ADDRESS: u32 = 4;
export const EVENT_NUMBER: u32 = 5;

let isIndexed: bool = false;

/** What the lines of the object were, so far. */
export let records: u32 = 0;
export let lines: u32 = 0;
export let events: u32 = 0;
export let noData: u32 = 0;
export let skipData: u32 = 0;
export let tooLong: u32 = 0;
export let wrongFieldCounts: u32 = 0;
export let wrongAddresses: u32 = 0;
export let wrongNumbers: u32 = 0;
/** Least start and greatest end of OK records, in seconds; −1 without any. */
let leastStart: u64 = 0;
let greatestEnd: i64 = 0;
/** The first line, while the host is asked for its format. */
export let headerStart: usize = 0;
export let headerEnd: usize = 0;

/** Where the next line begins, and how many separators there are before it. */
let start: usize = 0;
let separatorsBefore: u32 = 0;
/** The next line's end in LINE_ENDS. */
let lineEnd: usize = LINE_ENDS;
let isInLongLine: bool = false;

/** What `scanRecords` answers. */
export const LINES_DONE: i32 = 0;
export const EVENTS_FULL: i32 = 1;
export const RUN_FULL: i32 = 2;

export function beginRecords(at: usize, withIndex: bool): void {
  isIndexed = withIndex;
  forgetFormat();
  records = lines = events = noData = skipData = tooLong = 0;
  wrongFieldCounts = wrongAddresses = wrongNumbers = 0;
  leastStart = u64.MAX_VALUE;
  greatestEnd = -1;
  isInLongLine = false;
  start = at;
  separatorsBefore = 0;
  lineEnd = LINE_ENDS;
}

export function firstSeen(): f64 {
  return (leastStart as i64) as f64;
}

export function lastSeen(): f64 {
  return greatestEnd as f64;
}

export function lineStart(): usize {
  return start;
}

/** All line ends were worked off and forgotten, and the text was moved down by so many bytes. */
export function slideLines(distance: usize): void {
  start -= distance;
  lineEnd = LINE_ENDS;
}

/** What there is of the line is dropped; the line feed that ends it will count it. */
export function dropLongLine(passed: usize): void {
  isInLongLine = true;
  start = passed;
  separatorsBefore = passedSeparators();
}

/** What `takeHeaderLine` answers. */
export const NO_LINE: i32 = 0;
export const HEADER_LINE: i32 = 1;
export const NO_HEADER: i32 = 2;

/** The next line is to be read as a header: where it begins and ends. One that is too long is none. */
export function takeHeaderLine(): i32 {
  if (lineEnd == lineEndsStop()) return NO_LINE;
  headerStart = start;
  headerEnd = load<u32>(lineEnd);
  const isTooLong = isInLongLine || headerEnd - headerStart > LONGEST_LINE_BYTES;
  endLine();
  return isTooLong ? NO_HEADER : HEADER_LINE;
}

function endLine(): void {
  start = (load<u32>(lineEnd) as usize) + 1;
  separatorsBefore = load<u32>(lineEnd, 4) + 1;
  lineEnd += 8;
  lines++;
  isInLongLine = false;
}

/** Works the lines off whose ends are known. */
export function scanRecords(): i32 {
  const stop = lineEndsStop();
  while (lineEnd < stop) {
    if (events == MOST_EVENTS) return EVENTS_FULL;
    if (mustTakeRun()) return RUN_FULL;
    const end = load<u32>(lineEnd) as usize;
    const isFitting = load<u32>(lineEnd, 4) - separatorsBefore == fieldCount - 1;
    if (fieldCount != 0) {
      if (isInLongLine || end - start > LONGEST_LINE_BYTES) tooLong++;
      else if (isFitting) judgeLine(start, end);
      else if (!isBlank(start, end)) addMalformed(EVENT_FIELD_COUNT, start, end);
    }
    endLine();
  }
  return LINES_DONE;
}

/** Most lines: two IPv4 addresses, digits, OK, and the packet's addresses are the interface's. All others are judged with more care. */
function judgeLine(start: usize, end: usize): void {
  // A CR before the line feed is not of the line: it is marked as its end.
  if (load<u8>(end - 1) == CR) addMark(end - 1);
  locateColumns(start);
  const sourceAt = startOf(SOURCE_ROLE);
  const sourceEnd = endOf(SOURCE_ROLE);
  const destinationAt = startOf(DESTINATION_ROLE);
  const destinationEnd = endOf(DESTINATION_ROLE);
  const source = v128.load(sourceAt);
  const destination = v128.load(destinationAt);
  const sourceShape = shapeOf(source, (sourceEnd - sourceAt) as u32);
  const destinationShape = shapeOf(destination, (destinationEnd - destinationAt) as u32);
  const sourceDigits = digitsOf(source, sourceShape);
  const destinationDigits = digitsOf(destination, destinationShape);
  const sourceOctets = octetsOf(sourceDigits);
  const destinationOctets = octetsOf(destinationDigits);
  const wrong = v128.or(
    wrongOf(sourceShape, sourceDigits, sourceOctets),
    wrongOf(destinationShape, destinationDigits, destinationOctets),
  );
  if (
    sourceShape == 0 ||
    destinationShape == 0 ||
    v128.any_true(wrong) ||
    !areDigits() ||
    (hasRole(STATUS_ROLE) && !isOk()) ||
    (hasRole(PACKET_SOURCE_ROLE) && !isSame(PACKET_SOURCE_ROLE, source, sourceEnd - sourceAt)) ||
    (hasRole(PACKET_DESTINATION_ROLE) && !isSame(PACKET_DESTINATION_ROLE, destination, destinationEnd - destinationAt))
  ) {
    return judgeOddLine(start, end);
  }
  records++;
  const a = numberOf(sourceOctets);
  const b = numberOf(destinationOctets);
  if ((mayHoldIpv4(a) | mayHoldIpv4(b)) != 0 && (holdsIpv4(a) || holdsIpv4(b))) addEvent(EVENT_CANDIDATE, start, end);
  if (!isIndexed) return;
  noteIpv4(a, SOURCE);
  noteIpv4(b, DESTINATION);
  noteTimes();
}

/** A line whose columns are located, of any kind. Exported: so it stays a function of its own, and the loop above small. */
export function judgeOddLine(start: usize, end: usize): void {
  const a = readRole(SOURCE_ROLE);
  let touches = holds(a);
  const b = readRole(DESTINATION_ROLE);
  touches = touches || holds(b);
  const c = readRole(PACKET_SOURCE_ROLE);
  touches = touches || holds(c);
  const d = readRole(PACKET_DESTINATION_ROLE);
  touches = touches || holds(d);
  const isBad = a == BAD || b == BAD || c == BAD || d == BAD || (!areDigits() && !areNumbers(start, end));
  if (isBad) return addMalformed(nameFailure(start, end), start, end);
  records++;
  if (hasRole(STATUS_ROLE) && !isOk()) return countStatus();
  if (touches) addEvent(EVENT_CANDIDATE, start, end);
  if (!isIndexed) return;
  noteRole(SOURCE_ROLE, SOURCE);
  noteRole(DESTINATION_ROLE, DESTINATION);
  noteRole(PACKET_SOURCE_ROLE, SOURCE);
  noteRole(PACKET_DESTINATION_ROLE, DESTINATION);
  noteTimes();
}

function readRole(role: u32): i64 {
  return hasRole(role) ? readAddress(startOf(role), endOf(role)) : ABSENT;
}

function noteRole(role: u32, side: u32): void {
  const address = readRole(role);
  if (address >= 0) noteIpv4(address as u32, side);
  if (address == IPV6) noteIpv6(ipv6High, ipv6Low, side);
}

// @ts-ignore: decorator
@inline
function holds(address: i64): bool {
  if (address >= 0) return holdsIpv4(address as u32);
  return address == IPV6 && holdsIpv6(ipv6High, ipv6Low);
}

/** Whether a column has the same text, of at most fifteen bytes: mostly the packet's addresses are the interface's. */
// @ts-ignore: decorator
@inline
function isSame(role: u32, text: v128, length: usize): bool {
  const from = startOf(role);
  const wanted = (1 << (length as u32)) - 1;
  const equal = i8x16.bitmask(i8x16.eq(v128.load(from), text)) as u32;
  return ((endOf(role) - from == length) & ((equal & wanted) == wanted)) != 0;
}

// @ts-ignore: decorator
@inline
function isOk(): bool {
  const from = startOf(STATUS_ROLE);
  return ((endOf(STATUS_ROLE) - from == 2) & (load<u16>(from) == 0x4b4f)) != 0;
}

/** The two usual ones are counted here; others are the host's. */
function countStatus(): void {
  const from = startOf(STATUS_ROLE);
  const to = endOf(STATUS_ROLE);
  if (to - from == 6 && load<u32>(from) == 0x41444f4e && load<u16>(from, 4) == 0x4154) noData++;
  else if (to - from == 8 && load<u64>(from) == 0x4154414450494b53) skipData++;
  else addEvent(EVENT_STATUS, from, to);
}

function noteTimes(): void {
  const start = hasRole(START_ROLE) ? readSeconds(startOf(START_ROLE), endOf(START_ROLE)) : -1;
  const end = hasRole(END_ROLE) ? readSeconds(startOf(END_ROLE), endOf(END_ROLE)) : -1;
  // -1 is the greatest of all as an unsigned number.
  leastStart = min(leastStart, start as u64);
  greatestEnd = max(greatestEnd, end);
}

/** Unix seconds; -1 if there are none, or more than twelve digits of them, which is no time. */
// @ts-ignore: decorator
@inline
function readSeconds(from: usize, to: usize): i64 {
  return to - from == 10 ? readTenDigits(from) : readFewDigits(from, to);
}

/** Eight digits by three multiplications: neighbours to pairs, pairs to fours, fours to eight. */
// @ts-ignore: decorator
@inline
function readTenDigits(from: usize): i64 {
  let digits = load<u64>(from, 2) & 0x0f0f0f0f0f0f0f0f;
  digits = ((digits * (10 * 256 + 1)) >> 8) & 0x00ff00ff00ff00ff;
  digits = ((digits * (100 * 65536 + 1)) >> 16) & 0x0000ffff0000ffff;
  digits = (digits * (10000 * 4294967296 + 1)) >> 32;
  const first = (load<u8>(from) as i64) * 10 + (load<u8>(from, 1) as i64) - 528;
  return first * 100000000 + (digits as i64);
}

export function readFewDigits(from: usize, to: usize): i64 {
  if (to - from > 12 || load<u8>(from) == MINUS) return -1;
  let value: i64 = 0;
  for (let at = from; at < to; at++) value = value * 10 + ((load<u8>(at) as i64) - 48);
  return value;
}

/** Counts the line, or names it to the host if it may be a header again. A file of short lines must not flood the host. */
function addMalformed(kind: u32, start: usize, end: usize): void {
  if (mayBeHeader(start, end)) addEvent(kind, start, end);
  else if (kind == EVENT_FIELD_COUNT) wrongFieldCounts++;
  else if (kind == EVENT_ADDRESS) wrongAddresses++;
  else wrongNumbers++;
}

function addEvent(kind: u32, start: usize, end: usize): void {
  const at = EVENTS + events * EVENT_BYTES;
  store<u32>(at, kind);
  store<u32>(at, start as u32, 4);
  store<u32>(at, end as u32, 8);
  store<u32>(at, lines + 1, 12);
  events++;
}

/** The host has read the events. */
export function clearEvents(): void {
  events = 0;
}
