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
  return readable(file, async () => {
    const tail = decodeTail(end);
    if (tail === undefined) throw new Unreadable('it does not end as an address index does');
    const packed = await readLines(end, tail, read);
    const lines = gunzip(packed, textBytes(packed, [packed.length]))
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
  const text = await readable(index.file, () => readBlocks(index, blocks));
  return readableLines(index.file, readAddressLines(text, isWanted));
}

/** Whatever is wrong with the content is said with the file's name. */
async function readable<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Unreadable ? new AddressIndexDamaged(file, error.message) : error;
  }
}

function* readableLines(file: string, lines: Generator<AddressLine>): Generator<AddressLine> {
  try {
    yield* lines;
  } catch (error) {
    throw error instanceof Unreadable ? new AddressIndexDamaged(file, error.message) : error;
  }
}

async function readLines(end: Uint8Array, { offset, length }: IndexTail, read: ReadRange): Promise<Uint8Array> {
  const isThere = length + TAIL_BYTES <= end.length;
  const lines = isThere
    ? end.subarray(end.length - TAIL_BYTES - length, end.length - TAIL_BYTES)
    : await read({ from: offset, length });
  if (lines.length < length) throw new Unreadable('it is shorter than it says');
  return lines;
}

async function readBlocks({ read }: AddressIndex, blocks: readonly BlockEntry[]): Promise<Buffer> {
  const [, , from] = blocks[0]!;
  const [, , lastFrom, lastLength] = blocks.at(-1)!;
  const length = lastFrom + lastLength - from;
  const packed = await read({ from, length });
  if (packed.length < length) throw new Unreadable('it is shorter than its directory says');
  const ends = blocks.map(([, , offset, length]) => offset - from + length);
  return gunzip(packed, textBytes(packed, ends));
}

/** Each gzip member ends with the length of its text: one buffer of that size instead of many of 16 KB. */
function textBytes(packed: Uint8Array, ends: readonly number[]): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const bytes = ends.reduce(
    (sum, end) => sum + (end < 4 || end > packed.length ? 0 : view.getUint32(end - 4, true)),
    0,
  );
  // Deflate makes at most 1,032 bytes of one: who says more is damaged.
  return Math.min(bytes, packed.length * 1032);
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
