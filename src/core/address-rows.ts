/** Rows of the address index, in memory: an address, and which of four log objects hold it, as source and as destination. */
import { orderRows } from './row-order.ts';
import type { SeenAddresses } from './seen-addresses.ts';

/**
 * Objects are taken together in fours, neighbours by number. An address in many objects then has a row for each four of them,
 * and there are few different sets; measured, sets of any objects make a day of 24 objects larger by a tenth.
 */
export const GROUP_OBJECTS = 4;

/** Columns of rows. */
export type AddressRows = {
  /** One column for IPv4, four for IPv6, most significant first. */
  readonly words: readonly Uint32Array[];
  /** Number of the four << 8 | the objects where it is a source << 4 | where it is a destination; a bit for each object. */
  readonly codes: Uint32Array;
};

/** A log object's number in the file, and what it holds. */
export type NumberedAddresses = { readonly number: number; readonly seen: SeenAddresses };

/** The code of an address that one object holds on these sides. */
export function toRowCode(object: number, sides: number): number {
  const masks = ((sides & 1) << 4) | (sides >>> 1);
  return (Math.floor(object / GROUP_OBJECTS) << 8) | (masks << (object % GROUP_OBJECTS));
}

export function sliceRows({ words, codes }: AddressRows, from: number, to = codes.length): AddressRows {
  return { words: words.map((column) => column.subarray(from, to)), codes: codes.subarray(from, to) };
}

export function joinRows(a: AddressRows, b: AddressRows): AddressRows {
  const join = (first: Uint32Array, second: Uint32Array) => {
    const joined = new Uint32Array(first.length + second.length);
    joined.set(first);
    joined.set(second, first.length);
    return joined;
  };
  return { words: a.words.map((column, i) => join(column, b.words[i]!)), codes: join(a.codes, b.codes) };
}

/** The IPv4 addresses of some objects, one row for each four of them; ascending. */
export function toIpv4Rows(objects: readonly NumberedAddresses[]): AddressRows {
  const count = objects.reduce((sum, { seen }) => sum + seen.ipv4.length, 0);
  const rows = { words: [new Uint32Array(count)], codes: new Uint32Array(count) };
  let at = 0;
  for (const { number, seen } of objects) {
    rows.words[0]!.set(seen.ipv4, at);
    for (const sides of seen.ipv4Sides) rows.codes[at++] = toRowCode(number, sides);
  }
  return uniteRows(rows);
}

/** As toIpv4Rows, of IPv6 addresses. */
export function toIpv6Rows(objects: readonly NumberedAddresses[]): AddressRows {
  const count = objects.reduce((sum, { seen }) => sum + seen.ipv6Sides.length, 0);
  const rows = { words: [0, 1, 2, 3].map(() => new Uint32Array(count)), codes: new Uint32Array(count) };
  let at = 0;
  for (const { number, seen } of objects) {
    const { ipv6, ipv6Sides } = seen;
    for (let i = 0; i < ipv6Sides.length; i++) {
      for (let word = 0; word < 4; word++) rows.words[word]![at] = readWord(ipv6, i * 16 + word * 4);
      rows.codes[at++] = toRowCode(number, ipv6Sides[i]!);
    }
  }
  return uniteRows(rows);
}

/** Four bytes in network order. Of a DataView each would be an object for the garbage collector. */
function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Rows in any order, repeated or not → ascending ones, each address and four objects once. */
export function uniteRows({ words, codes }: AddressRows): AddressRows {
  const keys = words.map((column) => ({ column })).reverse();
  const order = orderRows([{ column: codes, ignoredBits: 8 }, ...keys], codes.length);
  // Where each row that stays comes from; the order's own place is free by then.
  const united = new Uint32Array(codes.length);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const last = count === 0 ? row : order[count - 1]!;
    if (count > 0 && (codes[row]! ^ codes[last]!) >>> 8 === 0 && isSameAddress(words, last, row)) {
      united[count - 1]! |= codes[row]!;
    } else {
      united[count] = codes[row]!;
      order[count++] = row;
    }
  }
  return { words: words.map((column) => pick(column, order, count)), codes: united.subarray(0, count) };
}

/** Some values of a column, in this order. */
export function pick(column: Uint32Array, order: Uint32Array, count: number): Uint32Array {
  const picked = new Uint32Array(count);
  for (let i = 0; i < count; i++) picked[i] = column[order[i]!]!;
  return picked;
}

/** Whether two rows are of one address. */
export function isSameAddress(words: readonly Uint32Array[], a: number, b: number): boolean {
  for (let word = 0; word < words.length; word++) if (words[word]![a] !== words[word]![b]) return false;
  return true;
}
