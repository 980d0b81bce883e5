/** IPv6 addresses as text and back, by the hundred thousand: what address.ts does, without a string or an object for each. */

const COLON = 0x3a;
/** Lower-case hex digits by their values. */
export const DIGITS = Buffer.from('0123456789abcdef');
/** Value of a lower-case hex digit by its byte; 255: it is none. */
export const NIBBLES = new Uint8Array(256).fill(255);
for (const [value, digit] of DIGITS.entries()) NIBBLES[digit] = value;

/** Where no run of zeros begins. */
const NO_GROUP = 9;

/** Longest text of an address. */
export const IPV6_TEXT_BYTES = 39;

/** Writes the canonical text (RFC 5952) of eight groups of 16 bits; returns where it ends. */
export function writeIpv6(groups: Uint16Array, into: Uint8Array, at: number): number {
  const zeros = findZeros(groups);
  const zerosFrom = zeros >>> 4;
  const zerosTo = zeros & 15;
  let to = at;
  for (let i = 0; i < 8; i++) {
    if (i === zerosFrom) {
      into[to++] = COLON;
      if (zerosTo === 8) into[to++] = COLON;
      i = zerosTo - 1;
      continue;
    }
    if (i > 0) into[to++] = COLON;
    const group = groups[i]!;
    if (group > 0xfff) into[to++] = DIGITS[group >>> 12]!;
    if (group > 0xff) into[to++] = DIGITS[(group >>> 8) & 15]!;
    if (group > 0xf) into[to++] = DIGITS[(group >>> 4) & 15]!;
    into[to++] = DIGITS[group & 15]!;
  }
  return to;
}

/** The longest run of zero groups, the first of equals; a single one is written out. Its first group << 4 | the one behind its last. */
function findZeros(groups: Uint16Array): number {
  let bestFrom = NO_GROUP;
  let bestTo = NO_GROUP + 1;
  for (let i = 0; i < 8; i++) {
    const from = i;
    while (i < 8 && groups[i] === 0) i++;
    if (i - from <= bestTo - bestFrom) continue;
    bestFrom = from;
    bestTo = i;
  }
  return (bestFrom << 4) | bestTo;
}

/** Reads what writeIpv6 wrote; false for anything that is no address. */
export function readIpv6(bytes: Uint8Array, from: number, to: number, groups: Uint16Array): boolean {
  let count = 0;
  let gap = -1;
  let at = from;
  for (let i = 0; i < 8; i++) groups[i] = 0;
  while (at < to) {
    if (bytes[at] === COLON) {
      if (bytes[at + 1] === COLON && at + 1 < to && gap < 0) {
        gap = count;
        at += 2;
        if (bytes[at] === COLON && at < to) return false;
        continue;
      }
      at++;
      if (count === 0 || at === to) return false;
    }
    let group = 0;
    const start = at;
    while (at < to && NIBBLES[bytes[at]!]! < 16) group = (group << 4) | NIBBLES[bytes[at++]!]!;
    if (at === start || at - start > 4 || count === 8) return false;
    groups[count++] = group;
  }
  if (gap < 0) return count === 8;
  if (count === 8) return false;
  // What comes after the gap goes to the end. A builtin for these few would take longer than all the rest.
  for (let i = 1; i <= count - gap; i++) {
    groups[8 - i] = groups[count - i]!;
    groups[count - i] = 0;
  }
  return true;
}
