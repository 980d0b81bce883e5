/**
 * One field of a record, read where it lies in the buffer: no strings are made for the millions of records that match
 * nothing. Each reader returns the position behind the field, or -1 if the field is not what it must be. A line always
 * ends in LF, so no reader runs past it.
 */

export const LF = 10;
export const CR = 13;
const SPACE = 32;
const MINUS = 45;
const DOT = 46;
const COLON = 58;

/** 2^63 − 1, the most a counter or time may be. */
const GREATEST = '9223372036854775807';

/** Whether a field ends here: at a space, at LF, or at the CR of a CR LF. */
export function isFieldEnd(buffer: Uint8Array, at: number): boolean {
  const byte = buffer[at]!;
  return byte === SPACE || byte === LF || (byte === CR && buffer[at + 1] === LF);
}

/** Skips whatever is there. */
export function skipField(buffer: Uint8Array, at: number): number {
  let end = at;
  for (let byte = buffer[end]!; byte !== SPACE && byte !== LF; byte = buffer[end]!) end++;
  return end;
}

/** `-` or decimal digits up to 2^63 − 1. */
export function readNumber(buffer: Uint8Array, at: number): number {
  let end = at;
  for (let digit = buffer[end]! - 48; digit >= 0 && digit <= 9; digit = buffer[end]! - 48) end++;
  if (end === at) return buffer[at] === MINUS && isFieldEnd(buffer, at + 1) ? at + 1 : -1;
  if (!isFieldEnd(buffer, end)) return -1;
  return end - at < GREATEST.length || isInRange(buffer, at, end) ? end : -1;
}

function isInRange(buffer: Uint8Array, from: number, to: number): boolean {
  let first = from;
  while (first < to - 1 && buffer[first] === 48) first++;
  if (to - first !== GREATEST.length) return to - first < GREATEST.length;
  for (let i = 0; i < GREATEST.length; i++) {
    const difference = buffer[first + i]! - GREATEST.charCodeAt(i);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** What `readAddress` found. IPv4 is one word in `words[0]`, IPv6 four. */
export const FOUND = { family: 0 as 0 | 4 | 6, words: new Uint32Array(4) };

/** `-`, IPv4 or IPv6; the address is left in `FOUND`, family 0 for `-`. */
export function readAddress(buffer: Uint8Array, at: number): number {
  const ipv4End = readIpv4(buffer, at);
  if (ipv4End > 0 && isFieldEnd(buffer, ipv4End)) {
    FOUND.family = 4;
    return ipv4End;
  }
  if (buffer[at] === MINUS && isFieldEnd(buffer, at + 1)) {
    FOUND.family = 0;
    return at + 1;
  }
  return readIpv6(buffer, at);
}

/** Four octets without leading zeros into `FOUND.words[0]`; what follows them is the caller's to judge. */
function readIpv4(buffer: Uint8Array, at: number): number {
  let word = 0;
  let end = at;
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && buffer[end++] !== DOT) return -1;
    let octet = buffer[end]! - 48;
    if (octet < 0 || octet > 9) return -1;
    const isZero = octet === 0;
    let digits = 1;
    for (let digit = buffer[++end]! - 48; digit >= 0 && digit <= 9; digit = buffer[++end]! - 48) {
      octet = octet * 10 + digit;
      if (++digits > 3 || isZero) return -1;
    }
    if (octet > 255) return -1;
    word = (word << 8) | octet;
  }
  FOUND.words[0] = word;
  return end;
}

const groups = new Uint16Array(8);

/** Eight groups of up to four hex digits, one `::`, perhaps a dotted quad at the end. IPv4-mapped becomes IPv4. */
function readIpv6(buffer: Uint8Array, at: number): number {
  let count = 0;
  let gapAt = -1;
  let end = at;
  if (buffer[end] === COLON) {
    if (buffer[end + 1] !== COLON) return -1;
    gapAt = 0;
    end += 2;
  }
  while (!isFieldEnd(buffer, end)) {
    if (count === 8) return -1;
    const groupEnd = readGroup(buffer, end, count);
    if (groupEnd > 0 && buffer[groupEnd] === DOT) {
      end = readQuadGroups(buffer, end, count);
      if (end < 0 || !isFieldEnd(buffer, end)) return -1;
      count += 2;
      break;
    }
    if (groupEnd < 0) return -1;
    count++;
    end = groupEnd;
    if (isFieldEnd(buffer, end)) break;
    if (buffer[end++] !== COLON) return -1;
    if (buffer[end] === COLON) {
      if (gapAt >= 0) return -1;
      gapAt = count;
      end++;
    } else if (isFieldEnd(buffer, end)) return -1;
  }
  if (end === at || (gapAt < 0 ? count !== 8 : count > 7)) return -1;
  keepIpv6(count, gapAt);
  return end;
}

function readGroup(buffer: Uint8Array, at: number, index: number): number {
  let value = 0;
  let end = at;
  for (let digit = hexDigit(buffer[end]!); digit >= 0; digit = hexDigit(buffer[++end]!)) {
    if (end - at === 4) return -1;
    value = value * 16 + digit;
  }
  groups[index] = value;
  return end === at ? -1 : end;
}

function readQuadGroups(buffer: Uint8Array, at: number, index: number): number {
  if (index > 6) return -1;
  const end = readIpv4(buffer, at);
  if (end < 0) return -1;
  groups[index] = FOUND.words[0]! >>> 16;
  groups[index + 1] = FOUND.words[0]! & 0xffff;
  return end;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function keepIpv6(count: number, gapAt: number): void {
  if (gapAt >= 0) {
    groups.copyWithin(8 - (count - gapAt), gapAt, count);
    groups.fill(0, gapAt, 8 - (count - gapAt));
  }
  const { words } = FOUND;
  for (let i = 0; i < 4; i++) words[i] = (groups[i * 2]! << 16) | groups[i * 2 + 1]!;
  FOUND.family = 6;
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) {
    words[0] = words[3]!;
    FOUND.family = 4;
  }
}
