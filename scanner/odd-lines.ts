/** Lines that are not as most: which of their fields is wrong, if any. They are few, and read byte by byte. */
import { readAddress } from './address';
import {
  ADDRESS,
  arePairs,
  areTimesLast,
  checkCount,
  checkedColumn,
  checkedKind,
  END_ROLE,
  endOf,
  hasEnd,
  hasStart,
  isStatusNext,
  NUMBER,
  PACKET_DESTINATION_ROLE,
  PACKET_SOURCE_ROLE,
  START_ROLE,
  startOf,
  STATUS_ROLE,
} from './columns';
import { EVENT_ADDRESS, EVENT_NUMBER } from './events';
import { BAD } from './ipv4';

const SPACE: u8 = 32;
const MINUS: u8 = 45;

/** Where the column is that was found last. */
export let foundFrom: usize = 0;
export let foundTo: usize = 0;

/** Finds a column of a line whose columns were located, also one that has no slot of its own. False if there is none. */
export function findRole(role: u32, lineEnd: usize): bool {
  if (areTimesLast && (role == START_ROLE || role == END_ROLE)) return findTime(role);
  if (isStatusNext && role == STATUS_ROLE) return findStatus(lineEnd);
  if (!hasStart(role) && !hasEnd(role)) return false;
  const isFirst = arePairs && role == PACKET_SOURCE_ROLE;
  const isSecond = arePairs && role == PACKET_DESTINATION_ROLE;
  foundFrom = isSecond ? fieldEnd(startOf(PACKET_SOURCE_ROLE), lineEnd) + 1 : startOf(role);
  foundTo = isFirst ? fieldEnd(foundFrom, lineEnd) : endOf(role);
  return true;
}

function findTime(role: u32): bool {
  foundTo = endOf(END_ROLE);
  foundFrom = fieldBegin(foundTo);
  if (role == END_ROLE) return true;
  foundTo = foundFrom - 1;
  foundFrom = fieldBegin(foundTo);
  return true;
}

function fieldBegin(end: usize): usize {
  let at = end;
  while (load<u8>(at - 1) != SPACE) at--;
  return at;
}

function findStatus(lineEnd: usize): bool {
  foundFrom = fieldEnd(endOf(END_ROLE) + 1, lineEnd) + 1;
  foundTo = fieldEnd(foundFrom, lineEnd);
  return true;
}

/** Whether the number columns of the line hold numbers. */
export function areNumbers(start: usize, end: usize): bool {
  return findFailure(start, end, NUMBER) == 0;
}

/** What is wrong with a line: its first field, in their order, that is not what it must be. */
export function nameFailure(start: usize, end: usize): u32 {
  return findFailure(start, end, NUMBER | ADDRESS);
}

function findFailure(start: usize, end: usize, kinds: u32): u32 {
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
