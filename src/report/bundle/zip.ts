/**
 * Folder → zip, piece by piece. Entries sorted, one time for all, and a deflate of its own instead of the machine's zlib: the
 * same folder gives the same bytes everywhere.
 */
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Zip, ZipDeflate } from 'fflate';
import { UsageError } from '../../core/errors.ts';
import { listFiles } from './folder.ts';

/** The first day a zip can name; its times have no zone, so it is noon everywhere. */
const MOMENT = new Date(1980, 0, 1, 12);
const PIECE = 256 * 1024;
/** Beyond these a zip needs an extension (zip64) that is not written here. */
const MOST_BYTES = 0xffff_ffff;
const MOST_FILES = 65_535;

export async function zipFolder(folder: string, path: string): Promise<void> {
  const files = await listFiles(folder);
  await checkSize(folder, files);
  const output = createWriteStream(path);
  let failure: Error | undefined;
  const zip = new Zip((error, piece, isLast) => {
    if (error) failure = error;
    else output.write(piece);
    if (isLast) output.end();
  });
  for (const file of files) {
    const entry = new ZipDeflate(file, { level: 6 });
    entry.mtime = MOMENT;
    zip.add(entry);
    for await (const { piece, isLast } of readPieces(join(folder, file))) {
      entry.push(piece, isLast);
      if (failure !== undefined) throw failure;
      if (output.writableNeedDrain) await drained(output);
    }
  }
  zip.end();
  await finished(output);
}

async function checkSize(folder: string, files: readonly string[]): Promise<void> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(join(folder, file))).size;
  if (bytes <= MOST_BYTES && files.length <= MOST_FILES) return;
  throw new UsageError(`${files.length} files of ${bytes} bytes are more than a zip holds: give --bundle a folder.`);
}

/** Pieces of one size, so that what is compressed is cut alike each time. */
async function* readPieces(path: string): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  const file = await open(path);
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE);
      let length = 0;
      while (length < PIECE) {
        const { bytesRead } = await file.read(piece, length, PIECE - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      const isLast = length < PIECE;
      yield { piece: piece.subarray(0, length), isLast };
      if (isLast) return;
    }
  } finally {
    await file.close();
  }
}

function drained(output: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve, reject) => output.once('drain', resolve).once('error', reject));
}
