/** Lines that are not as most: which of their fields is wrong, if any. They are few, and read byte by byte. */
import { BAD, readAddress } from './address';
import { ADDRESS, checkCount, checkedColumn, checkedKind, NUMBER } from './columns';
import { EVENT_ADDRESS, EVENT_NUMBER } from './records';

const SPACE: u8 = 32;
const CR: u8 = 13;
const MINUS: u8 = 45;

/** Whether the number columns of the line hold numbers. */
export function areNumbers(start: usize, end: usize): bool {
  return findFailure(start, end, NUMBER) == 0;
}

/** What is wrong with a line: its first field, in their order, that is not what it must be. */
export function nameFailure(start: usize, end: usize): u32 {
  return findFailure(start, end, NUMBER | ADDRESS);
}

function findFailure(start: usize, lineEnd: usize, kinds: u32): u32 {
  const end = lineEnd > start && load<u8>(lineEnd - 1) == CR ? lineEnd - 1 : lineEnd;
  let column: u32 = 0;
  let from = start;
  for (let check: u32 = 0; check < checkCount; check++) {
    for (; column < checkedColumn(check); column++) from = fieldEnd(from, end) + 1;
    const to = fieldEnd(from, end);
    const kind = checkedKind(check);
    if ((kind & kinds) == 0) continue;
    if (kind == NUMBER && !isNumber(from, to)) return EVENT_NUMBER;
    if (kind == ADDRESS && readAddress(from, to) == BAD) return EVENT_ADDRESS;
  }
  return 0;
}

function fieldEnd(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) != SPACE) at++;
  return at;
}

/** `-` or decimal digits up to 2^63 − 1. */
function isNumber(from: usize, to: usize): bool {
  if (from == to) return false;
  if (to - from == 1 && load<u8>(from) == MINUS) return true;
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

/** Whether "srcaddr" is in the line. */
export function mayBeHeader(start: usize, end: usize): bool {
  for (let at = start; at + 7 <= end; at++) {
    if (load<u32>(at) == 0x61637273 && load<u16>(at, 4) == 0x6464 && load<u8>(at, 6) == 0x72) return true;
  }
  return false;
}

/** Nothing but tabs, vertical tabs, form feeds, CRs and blanks. */
export function isBlank(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte != SPACE && (byte < 9 || byte > 13)) return false;
  }
  return true;
}
