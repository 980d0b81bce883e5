/**
 * The address index: which log objects of a day hold which addresses. A file of it is two things at once: a table of text
 * for SQL engines, and a file of which single blocks are read, so that one address costs its directory and one block.
 *
 * As text: gzip, a line a row, eight columns apart by tabs, nothing quoted, an absent value is empty:
 *
 *     kind        number  account  region  label     first_seen  last_seen  content
 *     ipv4        0                        0a01                             0a0b1f22,,0105
 *     ipv6        3                                                         2001:db8::1 2001:db8::7
 *     object      2       1111…    us-…    1111….gz  1788220800  1788221099 {"key":"AWSLogs/…","identity":"1111….gz",…}
 *     unfinished  8       …        as `object`, but Scan wrote this file before it had read the object to its end
 *     directory                                                             {"version":1,"partitions":[…]}
 *
 *     object  number of the object; label: its identity; content: StoredLogObject. Times in Unix seconds, of its OK records.
 *     ipv4    number: which objects hold the addresses, on which side, see setNumber below; content: the addresses in hex,
 *             ascending. Each lacks its first digits: those of the first are the label, and each comma counts them up by
 *             one. So above: 0a010a0b, 0a011f22, 0a030105. Without a label no digits lack, and there are no commas.
 *     ipv6    number: as of ipv4; content: canonical texts, ascending, a blank between
 *
 * An address is on several lines if its objects need several numbers, and in several files until these are compacted: unite,
 * never add.
 *
 * As bytes: a row of gzip members, in this order: blocks of ipv4 and ipv6 lines, each of one account and region and of
 * neighbouring addresses; the object lines and the directory; and a last member without any text, of fixed length, whose header
 * says in an extra field where the object lines begin. The directory knows the blocks.
 */

import { GROUP_OBJECTS } from './address-rows.ts';
import type { StoredLogObject } from './batch.ts';

/** A log object in the index. */
export type IndexedObject = {
  readonly object: StoredLogObject;
  /** Whether all its addresses are known: Scan read it to its end, or to where it breaks off. */
  readonly isWhole: boolean;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
};

/** Least and greatest address in hex (8 digits, IPv6 32), where the block begins, and its length in bytes. */
export type BlockEntry = readonly [least: string, greatest: string, offset: number, length: number];

export type IndexPartition = {
  readonly accountId: string;
  readonly region: string;
  readonly ipv4: readonly BlockEntry[];
  readonly ipv6: readonly BlockEntry[];
};

export type Directory = { readonly version: 1; readonly partitions: IndexPartition[] };

/** 1 source, 2 destination, 3 both. */
export type Side = 1 | 2 | 3;

const MASKS = (1 << GROUP_OBJECTS) - 1;

/** The number that says: these objects (`mask`, a bit for each, not empty) out of a group of four, on this side. */
export function setNumber(group: number, side: Side, mask: number): number {
  return (group * 3 + side - 1) * MASKS + mask - 1;
}

/** What the number of a set says: its objects have the numbers group * 4 + bit. */
export function readSetNumber(number: number): { readonly group: number; readonly side: Side; readonly mask: number } {
  const rest = Math.floor(number / MASKS);
  return { group: Math.floor(rest / 3), side: ((rest % 3) + 1) as Side, mask: (number % MASKS) + 1 };
}

/** Numbers of the objects of a set. */
export function objectsOfSet(number: number): number[] {
  const { group, mask } = readSetNumber(number);
  const bits = Array.from({ length: GROUP_OBJECTS }, (_, bit) => bit).filter((bit) => (mask >>> bit) & 1);
  return bits.map((bit) => group * GROUP_OBJECTS + bit);
}
