/**
 * Where the columns of a format are that are looked at. A line's separators are found by walking over its marks from one that
 * is needed to the next; those in between are only counted.
 */
import { isDigitRun } from './digits';
import { marksAt, WINDOW_BYTES } from './text-buffer';

/** Kinds of checked columns; the host has the same numbers. */
export const NUMBER: u32 = 1;
export const ADDRESS: u32 = 2;
export const STATUS: u32 = 3;

/** What a column is to us; the host has the same numbers. */
export const SOURCE_ROLE: u32 = 1;
export const DESTINATION_ROLE: u32 = 2;
export const PACKET_SOURCE_ROLE: u32 = 3;
export const PACKET_DESTINATION_ROLE: u32 = 4;
export const START_ROLE: u32 = 5;
export const END_ROLE: u32 = 6;
export const STATUS_ROLE: u32 = 7;
const ROLES: u32 = 8;

/** More columns than this have no format: a line has at most 65,536 bytes. */
const MOST_COLUMNS: u32 = 65_536;
/** Checked columns: column, kind, role; in their order. The host lays them here. */
const CHECKS: usize = memory.data(64 * 12, 16);
const CHECK_BYTES: u32 = 12;
export const checksAt: usize = CHECKS;

/** How many separators on the next needed one is. */
const STEPS: usize = memory.data(160 * 4, 16);
/** Positions of the needed separators of a line; the first is the byte before the line. */
const SLOTS: usize = memory.data(160 * 4, 16);
/** For each role, where in SLOTS the separators before and behind its column are; 0 if there is no such column. */
const BEFORE: usize = memory.data(8 * 4, 16);
const BEHIND: usize = memory.data(8 * 4, 16);
/** Columns that are found from a neighbour, where they stand as AWS's default format has them: these take no step. */
export let areTimesLast: bool = false;
export let isStatusNext: bool = false;
export let arePairs: bool = false;

/** Runs of neighbouring number columns: the slots before and behind them, and how many they are. */
const RUNS: usize = memory.data(64 * 12, 16);
const RUN_BYTES: usize = 12;

let stepsEnd: usize = STEPS;
let runsEnd: usize = RUNS;
let lastNeeded: u32 = 0;
export let fieldCount: u32 = 0;
export let checkCount: u32 = 0;

/** No format: no line is a record. */
export function forgetFormat(): void {
  fieldCount = 0;
}

/** The format: how many columns there are, and how many of them lie at `checksAt`. */
export function setFormat(columns: u32, checks: u32): void {
  fieldCount = columns > MOST_COLUMNS ? 0 : columns;
  checkCount = checks;
  stepsEnd = STEPS;
  runsEnd = RUNS;
  lastNeeded = 0;
  memory.fill(BEFORE, 0, ROLES << 2);
  memory.fill(BEHIND, 0, ROLES << 2);
  areTimesLast = isStatusNext = false;
  arePairs = columnOf(DESTINATION_ROLE) == columnOf(SOURCE_ROLE) + 1 && columnOf(PACKET_DESTINATION_ROLE) == columnOf(PACKET_SOURCE_ROLE) + 1;
  for (let i: u32 = 0; i < checks; ) i = isNumber(i) ? addRun(i) : addColumn(i);
}

/** The column of a role; −2 if there is none. */
function columnOf(role: u32): i32 {
  for (let i: u32 = 0; i < checkCount; i++) if (roleOf(i) == role) return checkedColumn(i) as i32;
  return -2;
}

function isNumber(check: u32): bool {
  return check < checkCount && checkedKind(check) == NUMBER;
}

function addColumn(check: u32): u32 {
  const column = checkedColumn(check);
  const role = roleOf(check);
  // Only the ends of a pair of packet addresses are needed: mostly both are the interface's over again.
  if (!(arePairs && role == PACKET_DESTINATION_ROLE)) store<u32>(BEFORE + (role << 2), slotOf(column) as u32);
  if (!(arePairs && role == PACKET_SOURCE_ROLE)) store<u32>(BEHIND + (role << 2), slotOf(column + 1) as u32);
  return check + 1;
}

/** Numbers that stand next to each other are checked in one go: what separates them need not be found. */
function addRun(from: u32): u32 {
  let next = from + 1;
  while (isNumber(next) && checkedColumn(next) == checkedColumn(next - 1) + 1) next++;
  store<u32>(runsEnd, slotOf(checkedColumn(from)) as u32);
  const isDefault = next - from > 2 && roleOf(next - 2) == START_ROLE && roleOf(next - 1) == END_ROLE;
  if (isDefault) areTimesLast = true;
  else for (let check = from; check < next; check++) if (roleOf(check) != 0) addColumn(check);
  const behind = slotOf(checkedColumn(next - 1) + 1);
  store<u32>(runsEnd, behind as u32, 4);
  store<u32>(runsEnd, next - from, 8);
  runsEnd += RUN_BYTES;
  if (isDefault) {
    store<u32>(BEHIND + (END_ROLE << 2), behind as u32);
    isStatusNext = next < checkCount && roleOf(next) == STATUS_ROLE && checkedColumn(next) == checkedColumn(next - 1) + 2;
  }
  return isStatusNext && isDefault ? next + 1 : next;
}

/** The slot of the separator before a column; a step to it is added where it is not among those before. */
function slotOf(column: u32): usize {
  if (column > lastNeeded) {
    store<u32>(stepsEnd, column - lastNeeded);
    stepsEnd += 4;
    lastNeeded = column;
    return SLOTS + (stepsEnd - STEPS);
  }
  // It is the last one, or the one before it.
  let slot = SLOTS + (stepsEnd - STEPS);
  for (let at = lastNeeded; at > column; slot -= 4) at -= load<u32>(STEPS + (slot - SLOTS) - 4);
  return slot;
}

export function checkedColumn(check: u32): u32 {
  return load<u32>(CHECKS + check * CHECK_BYTES);
}

export function checkedKind(check: u32): u32 {
  return load<u32>(CHECKS + check * CHECK_BYTES, 4);
}

function roleOf(check: u32): u32 {
  return load<u32>(CHECKS + check * CHECK_BYTES, 8);
}

/**
 * Finds the needed separators of a line that has as many as its format asks for. Usual formats need six; these steps stand one
 * below the other, so that each has branches of its own to be predicted by: a loop takes a fifth more of the time of all that
 * is done with lines.
 */
export function locateColumns(lineStart: usize): void {
  let at = lineStart;
  let marks = marksAt(at);
  let left: u64 = 0;
  let below: u64 = 0;
  store<u32>(SLOTS, (lineStart - 1) as u32);
  if (stepsEnd == STEPS + 0) return;
  left = load<u32>(STEPS, 0) as u64;
  for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
    left -= here;
    at += WINDOW_BYTES;
    marks = marksAt(at);
  }
  for (; left > 1; left--) marks &= marks - 1;
  below = marks - 1;
  store<u32>(SLOTS, (at + (popcnt(~marks & below) as usize)) as u32, 4);
  marks &= below;
  if (stepsEnd == STEPS + 4) return;
  left = load<u32>(STEPS, 4) as u64;
  for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
    left -= here;
    at += WINDOW_BYTES;
    marks = marksAt(at);
  }
  for (; left > 1; left--) marks &= marks - 1;
  below = marks - 1;
  store<u32>(SLOTS, (at + (popcnt(~marks & below) as usize)) as u32, 8);
  marks &= below;
  if (stepsEnd == STEPS + 8) return;
  left = load<u32>(STEPS, 8) as u64;
  for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
    left -= here;
    at += WINDOW_BYTES;
    marks = marksAt(at);
  }
  for (; left > 1; left--) marks &= marks - 1;
  below = marks - 1;
  store<u32>(SLOTS, (at + (popcnt(~marks & below) as usize)) as u32, 12);
  marks &= below;
  if (stepsEnd == STEPS + 12) return;
  left = load<u32>(STEPS, 12) as u64;
  for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
    left -= here;
    at += WINDOW_BYTES;
    marks = marksAt(at);
  }
  for (; left > 1; left--) marks &= marks - 1;
  below = marks - 1;
  store<u32>(SLOTS, (at + (popcnt(~marks & below) as usize)) as u32, 16);
  marks &= below;
  if (stepsEnd == STEPS + 16) return;
  left = load<u32>(STEPS, 16) as u64;
  for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
    left -= here;
    at += WINDOW_BYTES;
    marks = marksAt(at);
  }
  for (; left > 1; left--) marks &= marks - 1;
  below = marks - 1;
  store<u32>(SLOTS, (at + (popcnt(~marks & below) as usize)) as u32, 20);
  marks &= below;
  if (stepsEnd == STEPS + 20) return;
  left = load<u32>(STEPS, 20) as u64;
  for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
    left -= here;
    at += WINDOW_BYTES;
    marks = marksAt(at);
  }
  for (; left > 1; left--) marks &= marks - 1;
  below = marks - 1;
  store<u32>(SLOTS, (at + (popcnt(~marks & below) as usize)) as u32, 24);
  marks &= below;
  for (let step: usize = 24; STEPS + step < stepsEnd; step += 4) {
    left = load<u32>(STEPS + step) as u64;
    for (let here = popcnt(marks); here < left; here = popcnt(marks)) {
      left -= here;
      at += WINDOW_BYTES;
      marks = marksAt(at);
    }
    for (; left > 1; left--) marks &= marks - 1;
    below = marks - 1;
    store<u32>(SLOTS + 4 + step, (at + (popcnt(~marks & below) as usize)) as u32);
    marks &= below;
  }
}

/** Where the column of a role begins in the line whose columns were located; it must have a slot. */
// @ts-ignore: decorator
@inline
export function startOf(role: u32): usize {
  return (load<u32>(load<u32>(BEFORE + (role << 2))) as usize) + 1;
}

// @ts-ignore: decorator
@inline
export function endOf(role: u32): usize {
  return load<u32>(load<u32>(BEHIND + (role << 2))) as usize;
}

/** Whether the role's column has a slot before it, behind it. */
// @ts-ignore: decorator
@inline
export function hasStart(role: u32): bool {
  return load<u32>(BEFORE + (role << 2)) != 0;
}

// @ts-ignore: decorator
@inline
export function hasEnd(role: u32): bool {
  return load<u32>(BEHIND + (role << 2)) != 0;
}

/** Whether all number columns are plain digits; a line of which they are not may still be good, see odd-lines.ts. */
// @ts-ignore: decorator
@inline
export function areDigits(): bool {
  return areRuns(false);
}

/** As areDigits, but they may be `-`, as in lines without data. */
export function areDigitsOrDashes(): bool {
  return areRuns(true);
}

// @ts-ignore: decorator
@inline
function areRuns(mayBeDash: bool): bool {
  let isPlain = true;
  for (let run = RUNS; run < runsEnd; run += RUN_BYTES) {
    const from = (load<u32>(load<u32>(run)) as usize) + 1;
    isPlain = isPlain && isDigitRun(from, load<u32>(load<u32>(run, 4)) - (from as u32), load<u32>(run, 8), mayBeDash);
  }
  return isPlain;
}
