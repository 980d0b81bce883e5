/** An address index file, read from its end: where things are, which objects it knows, and the text of its blocks. */
import { gunzipSync } from 'node:zlib';
import type { BlockEntry, Directory, IndexedObject } from './address-index.ts';
import { type AddressLine, readAddressLines, Unreadable } from './address-lines.ts';
import { AddressIndexDamaged } from './errors.ts';
import { decodeTail, type IndexTail, TAIL_BYTES } from './index-tail.ts';

/** Part of a file, cut to what is there. */
export type ReadRange = (range: { from: number; length: number } | { last: number }) => Promise<Uint8Array>;

export type AddressIndex = {
  /** Its key, for errors. */
  readonly file: string;
  /** By their numbers in the file; some numbers are nobody's. */
  readonly objects: readonly (IndexedObject | undefined)[];
  readonly directory: Directory;
  readonly sizeBytes: number;
  readonly read: ReadRange;
};

/** All of a small part; of others what is needed of some hundred objects and blocks, mostly 1 KB. More takes a second read. */
const END_BYTES = 8 * 1024;
const MOST_OBJECTS = 2 ** 26;

/** Opens a file. Throws AddressIndexDamaged where it is not whole or not an index. */
export async function openAddressIndex(file: string, read: ReadRange): Promise<AddressIndex> {
  const end = await read({ last: END_BYTES });
  const tail = decodeTail(end);
  if (tail === undefined) throw new AddressIndexDamaged(file, 'it does not end as an address index does');
  const packed = await readLines(end, tail, read);
  return readable(file, () => {
    if (packed.length < tail.length) throw new Unreadable('it is shorter than it says');
    const lines = gunzip(packed, textBytes([packed]))
      .toString()
      .split('\n');
    const rows = lines.slice(0, -1).map((line) => line.split('\t'));
    const objects: (IndexedObject | undefined)[] = [];
    for (const row of rows.slice(0, -1)) objects[toNumber(row[1], MOST_OBJECTS)] = toObject(row);
    const directory = toDirectory(rows.at(-1));
    const sizeBytes = tail.offset + tail.length + TAIL_BYTES;
    return { file, objects, directory, sizeBytes, read: end.length === sizeBytes ? readFrom(end) : read };
  });
}

/** What has been read as a whole is not asked for again. */
function readFrom(whole: Uint8Array): ReadRange {
  return async (range) =>
    'last' in range ? whole.subarray(-range.last) : whole.subarray(range.from, range.from + range.length);
}

/** The addresses of neighbouring blocks, line by line, of the sets that are wanted. */
export async function readAddresses(
  index: AddressIndex,
  blocks: readonly BlockEntry[],
  isWanted: (set: number) => boolean,
): Promise<Generator<AddressLine>> {
  const packed = await readBlocks(index, blocks);
  return readableLines(index.file, unpackBlocks(index, blocks.map(packed)), isWanted);
}

/** Reads neighbouring blocks at once; what it returns gives each of them, packed. */
export async function readBlocks(
  { file, read }: AddressIndex,
  blocks: readonly BlockEntry[],
): Promise<(block: BlockEntry) => Uint8Array> {
  const [, , from] = blocks[0]!;
  const [, , lastFrom, lastLength] = blocks.at(-1)!;
  const packed = await read({ from, length: lastFrom + lastLength - from });
  if (packed.length < lastFrom + lastLength - from)
    throw new AddressIndexDamaged(file, 'it is shorter than its directory says');
  // No Buffer, as stores on disk return: its parts take three times as long to make.
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.length);
  return (block) => bytes.subarray(block[2] - from, block[2] - from + block[3]);
}

/** The text of some blocks. */
export function unpackBlocks({ file }: AddressIndex, packed: readonly Uint8Array[]): Buffer {
  return readable(file, () => gunzip(packed.length === 1 ? packed[0]! : Buffer.concat(packed), textBytes(packed)));
}

/** Whatever is wrong with the content is said with the file's name. */
export function readable<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof Unreadable ? new AddressIndexDamaged(file, error.message) : error;
  }
}

function* readableLines(file: string, text: Uint8Array, isWanted: (set: number) => boolean): Generator<AddressLine> {
  try {
    yield* readAddressLines(text, isWanted);
  } catch (error) {
    throw error instanceof Unreadable ? new AddressIndexDamaged(file, error.message) : error;
  }
}

async function readLines(end: Uint8Array, { offset, length }: IndexTail, read: ReadRange): Promise<Uint8Array> {
  if (length + TAIL_BYTES > end.length) return read({ from: offset, length });
  return end.subarray(end.length - TAIL_BYTES - length, end.length - TAIL_BYTES);
}

/** Each gzip member ends with the length of its text: one buffer of that size instead of many of 16 KB. */
function textBytes(members: readonly Uint8Array[]): number {
  let [packed, bytes] = [0, 0];
  for (const { buffer, byteOffset, length } of members) {
    packed += length;
    if (length >= 4) bytes += new DataView(buffer, byteOffset).getUint32(length - 4, true);
  }
  // Deflate makes at most 1,032 bytes of one: who says more is damaged.
  return Math.min(bytes, packed * 1032);
}

function gunzip(packed: Uint8Array, bytes: number): Buffer {
  try {
    return gunzipSync(packed, { chunkSize: Math.max(64, bytes + 1) });
  } catch (error) {
    throw new Unreadable((error as Error).message);
  }
}

function toObject([kind, , , , , firstSeen, lastSeen, json]: readonly string[]): IndexedObject {
  if ((kind !== 'object' && kind !== 'unfinished') || json === undefined)
    throw new Unreadable('a line of other than objects');
  return { object: parse(json), isWhole: kind === 'object', firstSeen: toTime(firstSeen), lastSeen: toTime(lastSeen) };
}

function toDirectory([kind, , , , , , , json]: readonly string[] = []): Directory {
  if (kind !== 'directory' || json === undefined) throw new Unreadable('it has no directory');
  const directory: Directory = parse(json);
  if (directory.version !== 1) throw new Unreadable(`its version is ${directory.version}, which is not known here`);
  return directory;
}

function toTime(text: string | undefined): number | null {
  return text === '' || text === undefined ? null : toNumber(text);
}

function toNumber(text: string | undefined, end = Number.MAX_SAFE_INTEGER): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0 || number >= end || text === '')
    throw new Unreadable('a number is none');
  return number;
}

function parse<Value>(json: string): Value {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Unreadable(`a line is no JSON: ${(error as Error).message}`);
  }
}
