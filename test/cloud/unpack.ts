/** One file out of a function's zip, as `serverless package` left it. For tests only. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

/** Writes the entry beside the archive and returns its path. */
export function unpack(archive: string, entry: string): string {
  const path = join(archive.replace(/\.zip$/, ''), entry);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, readEntry(readFileSync(archive), entry));
  return path;
}

/** By the central directory: sizes in front of an entry may be left out. */
function readEntry(zip: Buffer, wanted: string): Buffer {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength!);
    if (name === wanted) return readContent(zip, at);
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  throw new Error(`no ${wanted} in the archive`);
}

function readContent(zip: Buffer, directoryEntry: number): Buffer {
  const method = zip.readUInt16LE(directoryEntry + 10);
  const size = zip.readUInt32LE(directoryEntry + 20);
  const local = zip.readUInt32LE(directoryEntry + 42);
  const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const packed = zip.subarray(begin, begin + size);
  return method === DEFLATED ? inflateRawSync(packed) : packed;
}
