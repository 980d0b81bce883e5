/**
 * Lines whose ends are known → counted records, events for the few lines that the host must look at, addresses that were seen.
 * The rules are those of src/core/record-bytes.ts, and tests hold them together.
 */
import { ABSENT, readAddress } from './address';
import {
  areDigits,
  areDigitsOrDashes,
  arePairs,
  DESTINATION_ROLE,
  END_ROLE,
  endOf,
  fieldCount,
  forgetFormat,
  hasEnd,
  hasStart,
  isStatusNext,
  locateColumns,
  PACKET_DESTINATION_ROLE,
  PACKET_SOURCE_ROLE,
  SOURCE_ROLE,
  startOf,
  STATUS_ROLE,
} from './columns';
import { addEvent, clearEvents, EVENT_ADDRESS, EVENT_CANDIDATE, EVENT_FIELD_COUNT, EVENT_STATUS, events, MOST_EVENTS } from './events';
import { holdsIpv4, holdsIpv6, mayHoldIpv4 } from './indicators';
import { BAD, digitsOf, numberOf, octetsOf, shapeOf, wrongOf } from './ipv4';
import { IPV6, ipv6High, ipv6Low } from './ipv6';
import { areNumbers, findRole, foundFrom, foundTo, isBlank, mayBeHeader, nameFailure } from './odd-lines';
import { DESTINATION, mustTakeRun, noteIpv4, noteIpv6, notePair, SOURCE } from './seen';
import { addMark, LONGEST_LINE_BYTES } from './text-buffer';
import { LINE_ENDS, lineEndsStop, passedSeparators } from './text-pass';
import { forgetTimes, noteOddTimes, noteTimes } from './times';

const SPACE: u8 = 32;
const CR: u8 = 13;
let isIndexed: bool = false;

/** What the lines of the object were, so far. */
export let records: u32 = 0;
export let lines: u32 = 0;
export let noData: u32 = 0;
export let skipData: u32 = 0;
export let tooLong: u32 = 0;
export let wrongFieldCounts: u32 = 0;
export let wrongAddresses: u32 = 0;
export let wrongNumbers: u32 = 0;
/** The first line, while the host is asked for its format. */
export let headerStart: usize = 0;
export let headerEnd: usize = 0;

/** Where the next line begins, and how many separators there are before it. */
let start: usize = 0;
let separatorsBefore: u32 = 0;
/** The next line's end in LINE_ENDS. */
let lineEnd: usize = LINE_ENDS;
export let isInLongLine: bool = false;

/** What `scanRecords` answers. */
export const LINES_DONE: i32 = 0;
export const EVENTS_FULL: i32 = 1;
export const RUN_FULL: i32 = 2;

export function beginRecords(at: usize, withIndex: bool): void {
  isIndexed = withIndex;
  forgetFormat();
  clearEvents();
  records = lines = noData = skipData = tooLong = 0;
  wrongFieldCounts = wrongAddresses = wrongNumbers = 0;
  forgetTimes();
  isInLongLine = false;
  start = at;
  separatorsBefore = 0;
  lineEnd = LINE_ENDS;
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
      else addMalformed(EVENT_FIELD_COUNT, start, end);
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
    !isPlainlyOk(end) ||
    !isSamePair(sourceAt, destinationEnd)
  ) {
    return judgeOddLine(start, end);
  }
  records++;
  const a = numberOf(sourceOctets);
  const b = numberOf(destinationOctets);
  if ((mayHoldIpv4(a) | mayHoldIpv4(b)) != 0 && (holdsIpv4(a) || holdsIpv4(b))) addEvent(EVENT_CANDIDATE, start, end, lines + 1);
  if (!isIndexed) return;
  notePair(a, b);
  noteTimes(end);
}

/** The addresses of an odd line: what readAddress says of each, and the halves of those that are IPv6. */
const ADDRESSES: usize = memory.data(4 * 24, 16);

/** A line whose columns are located, of any kind. Exported: so it stays a function of its own, and the loop above small. */
export function judgeOddLine(start: usize, lineEnd: usize): void {
  const end = lineEnd > start && load<u8>(lineEnd - 1) == CR ? lineEnd - 1 : lineEnd;
  const touches = readAddresses(end);
  const isPlain = areDigits();
  if (touches < 0 || (!isPlain && !areDigitsOrDashes() && !areNumbers(start, end))) {
    return addMalformed(nameFailure(start, end), start, lineEnd);
  }
  records++;
  if (!isPlainlyOk(lineEnd) && findRole(STATUS_ROLE, end) && !isOk(foundFrom, foundTo)) return countStatus(foundFrom, foundTo);
  if (touches != 0) addEvent(EVENT_CANDIDATE, start, lineEnd, lines + 1);
  if (!isIndexed) return;
  for (let role = SOURCE_ROLE; role <= PACKET_DESTINATION_ROLE; role++) {
    noteAddress(ADDRESSES + (role - SOURCE_ROLE) * 24, (role & 1) != 0 ? SOURCE : DESTINATION);
  }
  if (isPlain) noteTimes(end);
  else noteOddTimes(end);
}

/** 1 if one of the addresses is in the set, 0 if none is, -1 if one is no address. */
function readAddresses(lineEnd: usize): i32 {
  let touches: i32 = 0;
  // Those of the packet are mostly the interface's over again.
  const last = isPairRepeated() ? DESTINATION_ROLE : PACKET_DESTINATION_ROLE;
  for (let role = SOURCE_ROLE; role <= PACKET_DESTINATION_ROLE; role++) {
    const place = ADDRESSES + (role - SOURCE_ROLE) * 24;
    store<i64>(place, ABSENT);
    if (role > last || !findRole(role, lineEnd)) continue;
    const address = readAddress(foundFrom, foundTo);
    if (address == BAD) return -1;
    store<i64>(place, address);
    store<u64>(place, ipv6High, 8);
    store<u64>(place, ipv6Low, 16);
    if (holds(address)) touches = 1;
  }
  return touches;
}

/** As isSamePair, of texts of any length. */
function isPairRepeated(): bool {
  if (!arePairs) return false;
  const from = startOf(SOURCE_ROLE);
  const again = startOf(PACKET_SOURCE_ROLE);
  const length = endOf(DESTINATION_ROLE) - from;
  if (endOf(PACKET_DESTINATION_ROLE) - again != length) return false;
  let at: usize = 0;
  for (; at + 16 < length; at += 16) if (v128.any_true(v128.xor(v128.load(from + at), v128.load(again + at)))) return false;
  const wanted = ((1 as u32) << ((length - at) as u32)) - 1;
  return ((i8x16.bitmask(i8x16.eq(v128.load(from + at), v128.load(again + at))) as u32) & wanted) == wanted;
}

function noteAddress(place: usize, side: u32): void {
  const address = load<i64>(place);
  if (address >= 0) noteIpv4(address as u32, side);
  if (address == IPV6) noteIpv6(load<u64>(place, 8), load<u64>(place, 16), side);
}

// @ts-ignore: decorator
@inline
function holds(address: i64): bool {
  if (address >= 0) return holdsIpv4(address as u32);
  return address == IPV6 && holdsIpv6(ipv6High, ipv6Low);
}

/** Whether the packet's addresses are, as mostly, the interface's over again: then they need not be read. */
// @ts-ignore: decorator
@inline
function isSamePair(sourceAt: usize, destinationEnd: usize): bool {
  if (!hasStart(PACKET_SOURCE_ROLE)) return !hasEnd(PACKET_DESTINATION_ROLE);
  if (!arePairs) return false;
  const from = startOf(PACKET_SOURCE_ROLE);
  const length = (destinationEnd - sourceAt) as u32;
  const low = i8x16.bitmask(i8x16.eq(v128.load(from), v128.load(sourceAt))) as u32;
  const high = i8x16.bitmask(i8x16.eq(v128.load(from, 16), v128.load(sourceAt, 16))) as u32;
  const wanted = ((1 as u32) << length) - 1;
  const isSameLength = endOf(PACKET_DESTINATION_ROLE) - from == destinationEnd - sourceAt;
  return ((isSameLength) & (length < 32) & (((low | (high << 16)) & wanted) == wanted)) != 0;
}

/** Whether the status is OK, judged at a glance: behind ACCEPT or REJECT, where it stands there. */
// @ts-ignore: decorator
@inline
function isPlainlyOk(lineEnd: usize): bool {
  if (!isStatusNext) return !hasStart(STATUS_ROLE) || isOk(startOf(STATUS_ROLE), endOf(STATUS_ROLE));
  const at = endOf(END_ROLE);
  const action = load<u64>(at);
  const isEnd = (load<u8>(at, 10) == SPACE) | (at + 10 == lineEnd);
  // " ACCEPT ", " REJECT ", "OK"
  return (((action == 0x2054504543434120) | (action == 0x205443454a455220)) & (load<u16>(at, 8) == 0x4b4f) & isEnd) != 0;
}

// @ts-ignore: decorator
@inline
function isOk(from: usize, to: usize): bool {
  return ((to - from == 2) & (load<u16>(from) == 0x4b4f)) != 0;
}

/** The two usual ones are counted here; others are the host's. */
function countStatus(from: usize, to: usize): void {
  if (to - from == 6 && load<u32>(from) == 0x41444f4e && load<u16>(from, 4) == 0x4154) noData++;
  else if (to - from == 8 && load<u64>(from) == 0x4154414450494b53) skipData++;
  else addEvent(EVENT_STATUS, from, to, lines + 1);
}

/** Counts the line, unless it is blank, or names it to the host if it may be a header again. A file of short lines must not flood the host. */
function addMalformed(kind: u32, start: usize, end: usize): void {
  if (isBlank(start, end)) return;
  if (mayBeHeader(start, end)) addEvent(kind, start, end, lines + 1);
  else if (kind == EVENT_FIELD_COUNT) wrongFieldCounts++;
  else if (kind == EVENT_ADDRESS) wrongAddresses++;
  else wrongNumbers++;
}
