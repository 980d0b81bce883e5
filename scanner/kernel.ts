/**
 * The scan kernel (AssemblyScript → WebAssembly): bytes of one log object in, counted records, events and seen addresses out.
 * The host lays bytes at `inputAt`, calls `run`, does what the answer asks for, and calls again.
 *
 * The buffer holds, in this order: text that matches may reach back to, the line that is not finished yet, fresh text.
 */
import { prepareCrc } from './crc';
import { prepareMember } from './index-member';
import { prepareShapes } from './ipv4';
import {
  CORRUPT,
  INPUT_USED,
  inputAt as nextInput,
  inputLeft,
  moveInput,
  OUTPUT_FULL,
  outputEnd,
  setInput,
  setOutput,
  skipCopied,
  slideOutput,
} from './decode';
import { clearEvents, events } from './events';
import { beginGzip, endMember, gunzip, MEMBER_END, WHOLE } from './gzip';
import {
  beginRecords,
  dropLongLine,
  EVENTS_FULL,
  HEADER_LINE,
  isInLongLine,
  lineStart,
  NO_LINE,
  RUN_FULL,
  scanRecords,
  slideLines,
  takeHeaderLine,
} from './records';
import { beginSeen, settlePending } from './seen';
import { HISTORY_BYTES, LONGEST_LINE_BYTES, moveText, TEXT, TEXT_LIMIT } from './text-buffer';
import { beginText, forgetLineEnds, markSeparator, passBlocks, passBytes, passedEnd, slidePassed } from './text-pass';

export { checksAt, setFormat } from './columns';
export { addInput as feed } from './decode';
export { blockTextAt, unpackIndexBlock } from './index-block';
export { indexTextAt, indexTextBytes, mostIndexObjects, writeIndexLines } from './index-lines';
export { indexMemberAt, packIndexMember } from './index-member';
export {
  addIndexRun,
  beginIndex,
  blockRows,
  greatestInBlock,
  leastInBlock,
  mostIpv6Rows,
  mostRows,
  nextIndexBlock,
  uniteIndexRows,
} from './index-rows';
export { leftAt, leftGroups, searchIndexLines } from './index-search';
export { setIpv4, setIpv6 } from './indicators';
export { events, eventsAt } from './events';
export {
  headerEnd,
  headerStart,
  lines,
  noData,
  records,
  skipData,
  tooLong,
  wrongAddresses,
  wrongFieldCounts,
  wrongNumbers,
} from './records';
export { firstSeen, lastSeen } from './times';
export { ipv4RunAt, ipv4RunSidesAt, ipv6RunAt, ipv6RunSidesAt, takeIpv4Run, takeIpv6Run } from './seen';

/** So much text is made, passed over and judged at a time, while the near caches hold it. All at once takes 5 % more. */
const PIECE_BYTES: usize = 64 * 1024;

const INPUT_BYTES: usize = 256 * 1024;
/** Behind the input up to 64 bytes are read, never used. */
const INPUT: usize = memory.data(256 * 1024 + 64, 64);

export const inputAt: usize = INPUT;
export const inputBytes: usize = INPUT_BYTES;
export const heapAt: usize = __heap_base;

/** What `run` asks for. */
const WANTS_INPUT: i32 = 0;
const WANTS_EVENTS_READ: i32 = 1;
const WANTS_RUN_TAKEN: i32 = 2;
const WANTS_FORMAT: i32 = 3;
const ENDED: i32 = 4;
const ODD: i32 = -1;

let isGzip: bool = false;
let hasHeader: bool = false;
let hasEnded: bool = false;

/** Bytes of text so far. */
export let textBytes: f64 = 0;

export function prepare(): void {
  prepareCrc();
  prepareShapes();
  prepareMember();
}

/** Begins an object: gzip, or text as it is. */
export function begin(gzip: bool, withIndex: bool): void {
  isGzip = gzip;
  hasHeader = hasEnded = false;
  textBytes = 0;
  setOutput(TEXT);
  beginGzip();
  setInput(INPUT, INPUT);
  beginText(TEXT);
  beginRecords(TEXT, withIndex);
  beginSeen();
}

/** The format is known, or there is none and no line is a record; a blank line asks for it once more. */
export function endHeader(): void {
  hasHeader = true;
}

/** Moves the input that is left to the beginning; returns where more of it goes. */
export function makeRoom(): usize {
  return moveInput(INPUT);
}

/** After ODD: the text goes on as the host hands it over, behind `textBytes`. */
export function continueAsText(): void {
  isGzip = false;
  setOutput(passedEnd());
  setInput(INPUT, INPUT);
}

/** No more input can be had: what there is of text counts, up to its last whole line. */
export function cutOff(): void {
  if (!hasEnded) pass(true);
  hasEnded = true;
}

/** How far the input reaches. */
const GOES_ON: u32 = 0;
const IS_WHOLE: u32 = 1;

/** Goes on until it wants something. `reach`: 0 more input may come, 1 this is all, 2 this is all but something was cut off behind it. */
export function run(reach: u32): i32 {
  clearEvents();
  while (true) {
    const wanted = takeLines();
    if (wanted != ENDED || hasEnded) return wanted;
    if (outputEnd() >= TEXT_LIMIT) slide();
    const limit = min(TEXT_LIMIT, passedEnd() + PIECE_BYTES);
    const state = isGzip ? gunzip(limit, reach != GOES_ON) : copyText(limit, reach != GOES_ON);
    if (state == CORRUPT) return ODD;
    if (state == INPUT_USED) return WANTS_INPUT;
    pass(state != OUTPUT_FULL);
    if (state == MEMBER_END && !endMember()) return ODD;
    if (state == WHOLE) end(reach == IS_WHOLE);
  }
}

/** Hands the lines that are there to the scanner. ENDED: there is none left. */
function takeLines(): i32 {
  while (!hasHeader) {
    const header = takeHeaderLine();
    if (header == HEADER_LINE) return WANTS_FORMAT;
    if (header == NO_LINE) break;
    hasHeader = true;
  }
  const state = hasHeader ? scanRecords() : 0;
  if (state == EVENTS_FULL) return WANTS_EVENTS_READ;
  if (state == RUN_FULL) return WANTS_RUN_TAKEN;
  settlePending();
  forgetLineEnds();
  slideLines(0);
  if (passedEnd() - lineStart() > LONGEST_LINE_BYTES) dropLongLine(passedEnd());
  return events == 0 ? ENDED : WANTS_EVENTS_READ;
}

function pass(isAll: bool): void {
  const before = passedEnd();
  passBlocks(outputEnd());
  if (isAll) passBytes(outputEnd());
  textBytes += (passedEnd() - before) as f64;
}

/** Makes room: all moves down but the unfinished line and as much as matches may reach back to. */
function slide(): void {
  const kept = min(lineStart(), outputEnd() - HISTORY_BYTES);
  const distance = (kept - TEXT) & ~63;
  moveText(TEXT + distance, outputEnd());
  slidePassed(distance);
  slideLines(distance);
  slideOutput(distance, TEXT);
}

function copyText(limit: usize, isAll: bool): i32 {
  const left = inputLeft() as usize;
  if (left == 0) return isAll ? WHOLE : INPUT_USED;
  const room = limit - outputEnd();
  const count = min(left, room);
  memory.copy(outputEnd(), nextInput(), count);
  skipCopied(count);
  return count == room ? OUTPUT_FULL : INPUT_USED;
}

/** A last line without LF is a record only where nothing was cut off behind it. */
function end(isWhole: bool): void {
  hasEnded = true;
  if (!isWhole || (lineStart() == outputEnd() && !isInLongLine)) return;
  store<u8>(outputEnd(), 10);
  markSeparator(outputEnd(), true);
}
