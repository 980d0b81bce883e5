/**
 * The bytes of a compiled indicator set: a header, then the columns, each at a multiple of 8, so that they are views over the
 * bytes as they were stored. What was cut off or damaged is told by length and checksum, never taken for a set.
 */
import { crc32 } from 'node:zlib';

/** Columns in their order. `ipv6Starts` and `ipv6Ends` have two halves of 64 bits per address, the high one first. */
const COLUMNS = {
  ipv4Starts: Uint32Array,
  ipv4Ends: Uint32Array,
  ipv4Owners: Uint32Array,
  ipv4Buckets: Uint32Array,
  ipv4Filter: Uint32Array,
  ipv6Starts: BigUint64Array,
  ipv6Ends: BigUint64Array,
  ipv6Owners: Uint32Array,
  /** One word: the bits of an address that the filter is over. */
  ipv6Mask: Uint32Array,
  ipv6Filter: Uint8Array,
  /** From here on by the number of the indicator, those of IPv4 first: one word per network, four per network of IPv6. */
  ipv4Networks: Uint32Array,
  ipv6Networks: Uint32Array,
  prefixLengths: Uint8Array,
  parents: Uint32Array,
  comments: Uint32Array,
  sources: Uint32Array,
  /** Comments and sources by their numbers. */
  textEnds: Uint32Array,
  texts: Uint8Array,
} as const;

export type SetColumns = {
  readonly [Name in keyof typeof COLUMNS]: ReturnType<(typeof COLUMNS)[Name]['of']>;
};

const NAMES = Object.keys(COLUMNS) as (keyof SetColumns)[];
/** "FHIS", read as a number of the machine: on one with another byte order no file fits. */
const MAGIC = 0x53494846;
/** Another number for each change of what is compiled, or how: files of another one are compiled anew. */
const FILE_VERSION = 1;
/** Magic, version, checksum of what follows it, length; then offset and length in bytes of each column. */
const WORD = { magic: 0, version: 1, checksum: 2, length: 3, columns: 4 } as const;
const CHECKED_FROM = (WORD.checksum + 1) * 4;
export const HEADER_BYTES = align((WORD.columns + 2 * NAMES.length) * 4);

/** Stored bytes are no indicator set of this version, or were damaged: the set is to be compiled anew. */
export class IndicatorFileUnreadable extends Error {
  override readonly name = 'IndicatorFileUnreadable';
}

/** Copies the columns into one block. */
export function writeIndicatorFile(columns: SetColumns): Uint8Array<ArrayBuffer> {
  const length = NAMES.reduce((at, name) => at + align(columns[name].byteLength), HEADER_BYTES);
  const bytes = new Uint8Array(length);
  const header = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  header.set([MAGIC, FILE_VERSION, 0, length]);
  let at = HEADER_BYTES;
  for (const [i, name] of NAMES.entries()) {
    const { buffer, byteOffset, byteLength } = columns[name];
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    header.set([at, byteLength], WORD.columns + 2 * i);
    at += align(byteLength);
  }
  header[WORD.checksum] = crc32(bytes.subarray(CHECKED_FROM));
  return bytes;
}

/** Views over stored bytes; throws IndicatorFileUnreadable for any others. */
export function readIndicatorFile(stored: Uint8Array): { bytes: Uint8Array<ArrayBuffer>; columns: SetColumns } {
  const bytes = alignBytes(stored);
  const reason = findDamage(bytes);
  if (reason !== undefined) throw new IndicatorFileUnreadable(`the compiled indicators cannot be read: ${reason}`);
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER_BYTES / 4);
  const views = NAMES.map((name, i) => {
    const Column = COLUMNS[name];
    const [at, length] = [header[WORD.columns + 2 * i]!, header[WORD.columns + 2 * i + 1]!];
    return [name, new Column(bytes.buffer, bytes.byteOffset + at, length / Column.BYTES_PER_ELEMENT)];
  });
  return { bytes, columns: Object.fromEntries(views) as SetColumns };
}

/** How many indicators are in a file that begins so; undefined if one would be compiled otherwise now. */
export function countIndicators(start: Uint8Array): number | undefined {
  if (start.length < HEADER_BYTES) return undefined;
  const { buffer, byteOffset } = alignBytes(start);
  const header = new Uint32Array(buffer, byteOffset, HEADER_BYTES / 4);
  if (header[WORD.magic] !== MAGIC || header[WORD.version] !== FILE_VERSION) return undefined;
  return header[WORD.columns + 2 * NAMES.indexOf('prefixLengths') + 1];
}

function findDamage(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (bytes.length < HEADER_BYTES) return 'too short';
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, WORD.columns);
  if (header[WORD.magic] !== MAGIC) return 'another kind of file';
  if (header[WORD.version] !== FILE_VERSION) return `version ${header[WORD.version]}, not ${FILE_VERSION}`;
  if (header[WORD.length] !== bytes.length) return `${bytes.length} bytes of ${header[WORD.length]}`;
  return header[WORD.checksum] === crc32(bytes.subarray(CHECKED_FROM)) ? undefined : 'the checksum is another';
}

/** Small files come in a slice of a buffer that many share. */
function alignBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isAligned = bytes.byteOffset % 8 === 0 && bytes.buffer instanceof ArrayBuffer;
  return isAligned ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

function align(length: number): number {
  return Math.ceil(length / 8) * 8;
}
