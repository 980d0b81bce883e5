/** The text of blocks → addresses, line by line, as numbers: no string and no object for an address. */
import { DIGITS, NIBBLES, readIpv6 } from './ipv6-text.ts';

/** Addresses of one line, ascending. The columns are used again for the next line. */
export type AddressLine = {
  readonly set: number;
  /** One column for IPv4, four for IPv6. */
  readonly words: readonly Uint32Array[];
  readonly count: number;
};

/** What is read is not what was written. */
export class Unreadable extends Error {}

/** Reads lines of addresses; those of sets that are not wanted cost next to nothing. Throws Unreadable. */
export function* readAddressLines(text: Uint8Array, isWanted: (set: number) => boolean): Generator<AddressLine> {
  const line = new LineReader(text);
  while (line.next()) {
    const set = line.readNumber(NUMBER, 10);
    if (isWanted(set)) yield { set, ...line.readAddresses() };
  }
}

/** Values of two digits by their bytes, which are read as one number; above 255: one of them is none. Half as many steps. */
const PAIRS = new Uint16Array(65_536).fill(65_535);
for (let value = 0; value < 256; value++) PAIRS[DIGITS[value >>> 4]! | (DIGITS[value & 15]! << 8)] = value;

const TAB = 0x09;
const NEWLINE = 0x0a;
const BLANK = 0x20;
const COMMA = 0x2c;
const KINDS = { ipv4: Buffer.from('ipv4\t').readUInt32LE(), ipv6: Buffer.from('ipv6\t').readUInt32LE() };
/** Columns: kind, number, account, region, label, first_seen, last_seen, content. */
const NUMBER = 1;
const LABEL = 4;
const CONTENT = 7;

class LineReader {
  readonly #text: Uint8Array;
  readonly #view: DataView;
  /** Where the columns of the line begin; the content ends at #end. */
  readonly #columns = new Uint32Array(CONTENT + 1);
  #end = -1;
  #ipv4 = [new Uint32Array(0)];
  #ipv6 = [0, 1, 2, 3].map(() => new Uint32Array(0));

  constructor(text: Uint8Array) {
    this.#text = text;
    this.#view = new DataView(text.buffer, text.byteOffset, text.byteLength);
  }

  /** To the next line; false after the last. */
  next(): boolean {
    let at = this.#end + 1;
    if (at === this.#text.length) return false;
    this.#end = this.#text.indexOf(NEWLINE, at);
    if (this.#end < 0) throw new Unreadable('a line without an end');
    this.#columns[0] = at;
    for (let column = 1; column <= CONTENT; column++) {
      while (this.#text[at] !== TAB) if (at++ === this.#end) throw new Unreadable('a line with too few columns');
      this.#columns[column] = ++at;
    }
    return true;
  }

  readNumber(column: number, base: 10 | 16): number {
    const end = this.#columns[column + 1]! - 1;
    let number = 0;
    for (let at = this.#columns[column]!; at < end; at++) {
      const digit = NIBBLES[this.#text[at]!]!;
      if (digit >= base) throw new Unreadable('a number is none');
      number = number * base + digit;
    }
    return number;
  }

  readAddresses(): Omit<AddressLine, 'set'> {
    const [from, text] = [this.#columns[0]!, this.#text];
    const kind = text[from]! | (text[from + 1]! << 8) | (text[from + 2]! << 16) | (text[from + 3]! << 24);
    const isIpv4 = kind === KINDS.ipv4;
    if ((!isIpv4 && kind !== KINDS.ipv6) || this.#columns[1] !== from + 5)
      throw new Unreadable('a line of other things');
    // An address takes one character at least.
    const most = this.#end - this.#columns[CONTENT]!;
    if (isIpv4) {
      this.#ipv4 = reserve(this.#ipv4, most);
      return { words: this.#ipv4, count: this.#readIpv4(this.#ipv4[0]!) };
    }
    this.#ipv6 = reserve(this.#ipv6, most);
    return { words: this.#ipv6, count: this.#readIpv6(this.#ipv6) };
  }

  /** Each comma counts up the first digits, which are the label; without a label there are no commas. */
  #readIpv4(into: Uint32Array): number {
    const [text, view, end] = [this.#text, this.#view, this.#end];
    const digits = 8 - (this.#columns[LABEL + 1]! - 1 - this.#columns[LABEL]!);
    if (digits <= 0) throw new Unreadable('a label is too long');
    const isOdd = digits % 2 === 1;
    // A shift by 32 is none in JavaScript.
    const step = digits === 8 ? 0 : 2 ** (digits * 4);
    let first = this.readNumber(LABEL, 16) * step;
    let count = 0;
    let worst = 0;
    for (let at = this.#columns[CONTENT]!; at < end; ) {
      if (text[at] === COMMA) {
        first += step;
        at++;
        continue;
      }
      if (at + digits > end) throw new Unreadable('an address is none');
      let rest = 0;
      for (const to = at + digits - 1; at < to; at += 2) {
        const pair = PAIRS[view.getUint16(at, true)]!;
        worst |= pair;
        rest = (rest << 8) | pair;
      }
      if (isOdd) {
        const nibble = NIBBLES[text[at++]!]!;
        worst |= nibble << 4;
        rest = (rest << 4) | nibble;
      }
      into[count++] = first | rest;
    }
    if (worst > 255) throw new Unreadable('an address is none');
    return count;
  }

  #readIpv6(into: readonly Uint32Array[]): number {
    const groups = new Uint16Array(8);
    const [a, b, c, d] = into;
    let count = 0;
    for (let from = this.#columns[CONTENT]!; from < this.#end; count++) {
      let to = from;
      while (to < this.#end && this.#text[to] !== BLANK) to++;
      if (!readIpv6(this.#text, from, to, groups)) throw new Unreadable('an address is none');
      a![count] = (groups[0]! << 16) | groups[1]!;
      b![count] = (groups[2]! << 16) | groups[3]!;
      c![count] = (groups[4]! << 16) | groups[5]!;
      d![count] = (groups[6]! << 16) | groups[7]!;
      from = to + 1;
    }
    return count;
  }
}

function reserve(columns: Uint32Array<ArrayBuffer>[], count: number): Uint32Array<ArrayBuffer>[] {
  return columns[0]!.length >= count ? columns : columns.map(() => new Uint32Array(count * 2));
}
