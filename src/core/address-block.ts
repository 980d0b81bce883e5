/** Rows → the text of a block: a line for each set, the sets in order of their numbers. */
import { type Side, setNumber } from './address-index.ts';
import { type AddressRows, pick } from './address-rows.ts';
import { DIGITS, IPV6_TEXT_BYTES, writeIpv6 } from './ipv6-text.ts';
import { orderRows } from './row-order.ts';

const COMMA = 0x2c;
const BLANK = 0x20;
const NEWLINE = 0x0a;

/** Text as it grows; used again for the next block. */
export class BlockText {
  bytes = Buffer.allocUnsafe(1 << 16);
  length = 0;

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  append(ascii: string): void {
    this.reserve(ascii.length);
    this.length += this.bytes.write(ascii, this.length, 'latin1');
  }
}

/** Whether IPv4 lines are mostly digits, as good as random. Where hundreds of objects hold few addresses each, lines are short, and alike. */
export function areMostlyDigits(textBytes: number, rows: number): boolean {
  return textBytes < rows * 8;
}

/** Writes the lines of ascending rows. */
export function writeBlock(rows: AddressRows, text: BlockText): void {
  text.length = 0;
  const { sets, places } = toSets(rows.codes);
  const writeLine = rows.words.length === 1 ? writeIpv4Line : writeIpv6Line;
  for (let from = 0, to = 1; from < sets.length; from = to) {
    const set = sets[from]!;
    for (to = from + 1; sets[to] === set; ) to++;
    writeLine(set, rows.words, places.subarray(from, to), text);
  }
}

/** Which rows are in which sets, in order of the sets. */
function toSets(codes: Uint32Array): { sets: Uint32Array; places: Uint32Array } {
  const sets = new Uint32Array(codes.length * 3);
  const places = new Uint32Array(codes.length * 3);
  let count = 0;
  for (let place = 0; place < codes.length; place++) {
    const code = codes[place]!;
    const both = (code >>> 4) & code & 15;
    for (let side = 1; side <= 3; side++) {
      const mask = side === 3 ? both : ((side === 1 ? code >>> 4 : code) & 15) ^ both;
      if (mask === 0) continue;
      sets[count] = setNumber(code >>> 8, side as Side, mask);
      places[count++] = place;
    }
  }
  const order = orderRows([{ column: sets }], count);
  return { sets: pick(sets, order, count), places: pick(places, order, count) };
}

function writeIpv4Line(set: number, [column]: readonly Uint32Array[], places: Uint32Array, text: BlockText): void {
  const first = column![places[0]!]!;
  const digits = chooseDigits(first, column![places.at(-1)!]!, places.length);
  const bits = digits * 4;
  // A shift by 32 is none in JavaScript.
  let prefix = digits === 8 ? 0 : first >>> bits;
  text.append(`ipv4\t${set}\t\t\t${digits === 8 ? '' : prefix.toString(16).padStart(8 - digits, '0')}\t\t\t`);
  text.reserve(places.length * 8 + 1);
  const { bytes } = text;
  let to = text.length;
  for (const place of places) {
    const word = column![place]!;
    for (const own = digits === 8 ? 0 : word >>> bits; prefix < own; prefix++) bytes[to++] = COMMA;
    for (let shift = bits - 4; shift >= 0; shift -= 4) bytes[to++] = DIGITS[(word >>> shift) & 15]!;
  }
  bytes[to++] = NEWLINE;
  text.length = to;
}

/** How many digits each address keeps, so that the digits and the commas of the line are fewest: never more than 8 each. */
function chooseDigits(first: number, last: number, count: number): number {
  let best = 8;
  let least = count * 8;
  for (let digits = 7; digits > 0; digits--) {
    const length = count * digits + (last >>> (digits * 4)) - (first >>> (digits * 4));
    if (length >= least) continue;
    best = digits;
    least = length;
  }
  return best;
}

function writeIpv6Line(set: number, words: readonly Uint32Array[], places: Uint32Array, text: BlockText): void {
  text.append(`ipv6\t${set}\t\t\t\t\t\t`);
  text.reserve(places.length * (IPV6_TEXT_BYTES + 1));
  const groups = new Uint16Array(8);
  for (const place of places) {
    for (let word = 0; word < 4; word++) {
      groups[word * 2] = words[word]![place]! >>> 16;
      groups[word * 2 + 1] = words[word]![place]! & 0xffff;
    }
    text.length = writeIpv6(groups, text.bytes, text.length);
    text.bytes[text.length++] = BLANK;
  }
  text.bytes[text.length - 1] = NEWLINE;
}
