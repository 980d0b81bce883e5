/** The text of blocks → addresses, line by line, as numbers: no string and no object for an address. */
import { NIBBLES, readIpv6 } from './ipv6-text.ts';

/** Addresses of one line, ascending. The columns are used again for the next line. */
export type AddressLine = {
  readonly set: number;
  /** One column for IPv4, four for IPv6. */
  readonly words: readonly Uint32Array[];
  readonly count: number;
};

/** What is read is not what was written. */
export class Unreadable extends Error {}

const TAB = 0x09;
const NEWLINE = 0x0a;
const BLANK = 0x20;
const COMMA = 0x2c;
const SIX = 0x36;
/** Columns before the content: kind, number, account, region, label, first_seen, last_seen. */
const COLUMNS_BEFORE = 7;

/** Reads lines of addresses; those of sets that are not wanted cost next to nothing. Throws Unreadable. */
export function* readAddressLines(text: Uint8Array, isWanted: (set: number) => boolean): Generator<AddressLine> {
  let ipv4: Uint32Array[] = [new Uint32Array(0)];
  let ipv6: Uint32Array[] = [0, 1, 2, 3].map(() => new Uint32Array(0));
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf(NEWLINE, from);
    if (end < 0) throw new Unreadable('a line without an end');
    const { set, label, content } = readStart(text, from, end);
    const isIpv6 = text[from + 3] === SIX;
    if (isWanted(set)) {
      // An address takes a character at least, IPv6 two and a blank.
      if (isIpv6) ipv6 = reserve(ipv6, end - content);
      else ipv4 = reserve(ipv4, end - content);
      const words = isIpv6 ? ipv6 : ipv4;
      const count = isIpv6 ? readIpv6Line(text, content, end, ipv6) : readIpv4Line(text, label, content, end, ipv4[0]!);
      yield { set, words, count };
    }
    from = end + 1;
  }
}

function reserve(columns: Uint32Array[], count: number): Uint32Array[] {
  return columns[0]!.length >= count ? columns : columns.map(() => new Uint32Array(count * 2));
}

type Start = { readonly set: number; readonly label: string; readonly content: number };

function readStart(text: Uint8Array, from: number, end: number): Start {
  let content = from;
  for (let column = 0; column < COLUMNS_BEFORE; column++) {
    content = text.indexOf(TAB, content) + 1;
    if (content === 0 || content > end) throw new Unreadable('a line with too few columns');
  }
  const start = Buffer.from(text.buffer, text.byteOffset + from, content - from).toString('latin1');
  const [kind, set, , , label] = start.split('\t');
  if ((kind !== 'ipv4' && kind !== 'ipv6') || !/^\d{1,10}$/.test(set!) || !/^[0-9a-f]{0,7}$/.test(label!))
    throw new Unreadable('a line of other than addresses');
  return { set: Number(set), label: label!, content };
}

/** The column `content` of an ipv4 line; each comma counts the first digits up. */
function readIpv4Line(text: Uint8Array, label: string, from: number, end: number, into: Uint32Array): number {
  const digits = 8 - label.length;
  let first = label === '' ? 0 : Number.parseInt(label, 16) << (digits * 4);
  // A shift by 32 is none in JavaScript; without a label there are no commas.
  const step = label === '' ? 0 : 2 ** (digits * 4);
  let count = 0;
  let worst = 0;
  for (let at = from; at < end; ) {
    if (text[at] === COMMA) {
      first = (first + step) | 0;
      at++;
      continue;
    }
    let rest = 0;
    for (const to = at + digits; at < to; at++) {
      const nibble = NIBBLES[text[at]!]!;
      worst |= nibble;
      rest = (rest << 4) | nibble;
    }
    into[count++] = first | rest;
  }
  // A line that ends within an address runs into its newline, which is no digit.
  if (worst > 15) throw new Unreadable('a line with other than hex digits');
  return count;
}

function readIpv6Line(text: Uint8Array, from: number, end: number, into: readonly Uint32Array[]): number {
  const groups = new Uint16Array(8);
  let count = 0;
  for (let at = from; at < end; count++) {
    const blank = text.indexOf(BLANK, at);
    const to = blank < 0 || blank > end ? end : blank;
    if (!readIpv6(text, at, to, groups)) throw new Unreadable('a line with other than IPv6 addresses');
    for (let word = 0; word < 4; word++) into[word]![count] = (groups[word * 2]! << 16) | groups[word * 2 + 1]!;
    at = to + 1;
  }
  return count;
}
