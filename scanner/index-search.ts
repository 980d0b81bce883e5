/**
 * Lines of the address index → which log objects hold an address of the set. It takes lines as Flowhound writes them
 * (src/core/address-block.ts); what is written otherwise is odd, and the host judges it (src/core/address-lines.ts).
 */
import { readAddress } from './address';
import { HELD, NONE, ODD, searchIpv4 } from './index-ipv4';
import { holdsIpv6 } from './indicators';
import { IPV6, ipv6High, ipv6Low } from './ipv6';

const TAB: u32 = 9;
/** A constant vector, loaded: see ipv4.ts. */
const NEWLINES: usize = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]);
const BLANK: u8 = 32;
const ZERO: u32 = 48;
/** `ipv4`, `ipv6` and three tabs, as numbers of four bytes. */
const IPV4_KIND: u32 = 0x34767069;
const IPV6_KIND: u32 = 0x36767069;
const THREE_TABS: u32 = 0x090909;

/** A set says: these objects of a group of four, on one of three sides. src/core/address-index.ts has the same. */
const MASKS: u32 = 15;
const SIDES: u32 = 3;

/** For each group of four objects, a bit for each that is sought and not found. */
export const leftAt: usize = memory.data(65_536, 16);
export const leftGroups: u32 = 65_536;

/** Takes the bits of what is found away. False: there is an odd line, and what is left is to be asked for anew. */
export function searchIndexLines(from: usize, to: usize): bool {
  while (from < to) {
    const end = endOfLine(from, to);
    if (end == to || !searchLine(from, end)) return false;
    from = end + 1;
  }
  return true;
}

/** Where the newline is; `to` if there is none. */
function endOfLine(from: usize, to: usize): usize {
  const newlines = v128.load(NEWLINES);
  while (from < to) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(from), newlines));
    if (found != 0) return min(to, from + ctz(found));
    from += 16;
  }
  return to;
}

/** kind, number, no account and region, label, no times, content. */
function searchLine(from: usize, end: usize): bool {
  const kind = load<u32>(from);
  if ((kind != IPV4_KIND && kind != IPV6_KIND) || load<u8>(from, 4) != TAB) return false;
  let at = from + 5;
  let number: u32 = 0;
  for (let digit = load<u8>(at) - ZERO; digit < 10; digit = load<u8>(at) - ZERO) {
    number = number * 10 + digit;
    at++;
  }
  const group = number / (MASKS * SIDES);
  if (at - from > 13 || at - from == 5 || group >= leftGroups) return false;
  if ((load<u32>(at) & 0xffffff) != THREE_TABS) return false;
  const label = at + 3;
  for (at = label; load<u8>(at) != TAB; at++) if (at - label == 8) return false;
  if ((load<u32>(at) & 0xffffff) != THREE_TABS || at + 3 > end) return false;
  const mask = (number % MASKS) + 1;
  const left = load<u8>(leftAt + group);
  if ((left & mask) == 0) return true;
  const answer = kind == IPV4_KIND ? searchIpv4(label, at - label, at + 3, end) : searchIpv6(at + 3, end);
  if (answer == HELD) store<u8>(leftAt + group, left & ~mask);
  return answer != ODD;
}

/** A blank between two. */
function searchIpv6(from: usize, end: usize): i32 {
  let answer = NONE;
  while (from < end) {
    let to = from;
    for (; to < end && load<u8>(to) != BLANK; to++) if (!isIpv6Character(load<u8>(to))) return ODD;
    if (readAddress(from, to) != IPV6) return ODD;
    if (holdsIpv6(ipv6High, ipv6Low)) answer = HELD;
    from = to + 1;
  }
  return answer;
}

/** `0` to `9`, a colon, `a` to `f`. Logs also have capitals and dotted quads; the index has none. */
// @ts-ignore: decorator
@inline
function isIpv6Character(byte: u32): bool {
  return byte - ZERO < 11 || byte - 97 < 6;
}
