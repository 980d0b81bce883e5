/**
 * Log object on disk → whether DuckDB may read it as it is, and if not, a copy that holds its good rows and nothing else.
 * DuckDB takes truncated gzip without a word and gives up on an empty file, on bytes behind the gzip, on bytes that are no
 * UTF-8 and on a row with another number of fields; what is a row is decided here instead.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { LogObjectUnreadable } from '../core/errors.ts';
import { type FlowFormat, parseHeader } from '../core/flow-format.ts';
import { readContent } from '../core/gunzip.ts';
import { type LineSink, LineSplitter } from './line-splitter.ts';
import { toRowJudge } from './row-judge.ts';

export type ObjectKind = 'flow' | 'json';

export type ObjectVerdict = {
  /** Every line is a row DuckDB reads as it stands. */
  readonly clean: boolean;
  readonly packing: 'gzip' | 'none';
  /** Of a flow log with a usable header; never set for JSON. */
  readonly format?: FlowFormat;
  readonly usableHeader: boolean;
  readonly empty: boolean;
  readonly rows: number;
  readonly malformedLines: number;
  /** Why the content ends early, where it does. */
  readonly damaged?: string;
};

const COPY_BATCH_BYTES = 1024 * 1024;
/** Bits of a gzip header that DuckDB does not read: a header checksum and a comment. */
const UNREAD_GZIP_FLAGS = 0b10010;

/** Reads the object through and judges it. */
export async function checkObject(path: string, kind: ObjectKind = 'flow'): Promise<ObjectVerdict> {
  return readObject(path, kind, () => {});
}

/** Writes the object's good rows, gzip-packed, with the header in front where it has one. */
export async function writeGoodRows(path: string, target: string, kind: ObjectKind = 'flow'): Promise<ObjectVerdict> {
  const file = openSync(target, 'w');
  let batch: string[] = [];
  let batchBytes = 0;
  // Members of gzip, one after the other: the copy of a file made to burst stays about as small as the file.
  const flush = (): void => {
    if (batch.length > 0) writeSync(file, gzipSync(batch.join(''), { level: 1 }));
    batch = [];
    batchBytes = 0;
  };
  try {
    const verdict = await readObject(path, kind, (buffer, from, end) => {
      const line = readLine(buffer, from, end);
      batch.push(line, '\n');
      batchBytes += line.length;
      if (batchBytes >= COPY_BATCH_BYTES) flush();
    });
    flush();
    return verdict;
  } finally {
    closeSync(file);
  }
}

async function readObject(path: string, kind: ObjectKind, onRow: LineSink): Promise<ObjectVerdict> {
  const rows = new RowReader(kind, onRow);
  const envelope = await readEnvelope(path);
  const outcome = await readContent(() => createReadStream(path), rows.push);
  const isWhole = outcome === 'whole' || outcome === 'plain';
  rows.finish(isWhole);
  const isWholeGzip = envelope.packing === 'none' || envelope.textBytes === rows.textBytes % 2 ** 32;
  const clean = isWhole && rows.isPlain && isWholeGzip && !envelope.isUnread && rows.rows > 0;
  const damaged = typeof outcome === 'object' ? outcome.damaged : undefined;
  const isNoise = outcome === 'plain' && kind === 'flow' && rows.format === undefined && path.endsWith('.gz');
  return {
    clean,
    packing: envelope.packing,
    ...(rows.format === undefined ? {} : { format: rows.format }),
    usableHeader: rows.format !== undefined,
    empty: outcome === 'empty' || (isWhole && rows.textBytes === 0),
    rows: rows.rows,
    malformedLines: rows.malformedLines,
    ...(damaged === undefined && !isNoise ? {} : { damaged: damaged ?? 'not gzip' }),
  };
}

/** Lines → rows, and whether anything about them is out of the ordinary. */
class RowReader {
  format: FlowFormat | undefined;
  rows = 0;
  malformedLines = 0;
  textBytes = 0;
  isPlain = true;

  readonly #kind: ObjectKind;
  readonly #onRow: LineSink;
  readonly #lines = new LineSplitter(
    (buffer, from, end) => this.#takeLine(buffer, from, end),
    () => this.#takeLongLine(),
  );
  #isRow: (buffer: Buffer, from: number) => boolean;
  #hasFirstLine: boolean;

  constructor(kind: ObjectKind, onRow: LineSink) {
    this.#kind = kind;
    this.#onRow = onRow;
    this.#hasFirstLine = kind === 'json';
    this.#isRow = () => false;
  }

  push = (chunk: Uint8Array): void => {
    this.textBytes += chunk.length;
    // A character cut in two by the end of a chunk counts as odd too: the price is a needless copy of a rare object.
    if (this.isPlain && (chunk.includes(13) || !(isAscii(chunk) || isUtf8(chunk)))) this.isPlain = false;
    this.#lines.push(chunk);
  };

  finish(isWhole: boolean): void {
    this.#lines.finish(isWhole);
  }

  /** Without a usable header no line is a row, so none is a malformed one. */
  get #hasRows(): boolean {
    return this.#kind === 'json' || this.format !== undefined;
  }

  #takeLine(buffer: Buffer, from: number, end: number): void {
    if (!this.#hasFirstLine) this.#takeFirstLine(buffer, from, end);
    else if (this.#kind === 'json' ? isJsonObject(buffer, from, end) : this.#isRow(buffer, from)) {
      this.rows++;
      this.#onRow(buffer, from, end);
    } else {
      this.isPlain = false;
      if (this.#hasRows && readLine(buffer, from, end).trim() !== '') this.malformedLines++;
    }
  }

  #takeFirstLine(buffer: Buffer, from: number, end: number): void {
    const line = readLine(buffer, from, end);
    if (line.trim() === '') {
      this.isPlain = false;
      return;
    }
    this.#hasFirstLine = true;
    this.format = parseHeader(line);
    if (this.format === undefined) return;
    this.#isRow = toRowJudge(this.format);
    this.#onRow(buffer, from, end);
  }

  #takeLongLine(): void {
    this.isPlain = false;
    if (this.#hasFirstLine && this.#hasRows) this.malformedLines++;
    this.#hasFirstLine = true;
  }
}

function isJsonObject(buffer: Buffer, from: number, end: number): boolean {
  if (buffer[from] !== 123) return false; // {
  try {
    const value: unknown = JSON.parse(buffer.toString('utf8', from, end));
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** The line without its CR; a CR elsewhere would end a row for DuckDB, so it becomes the sign for an unreadable character. */
function readLine(buffer: Buffer, from: number, end: number): string {
  const text = buffer.toString('utf8', from, end > from && buffer[end - 1] === 13 ? end - 1 : end);
  return text.includes('\r') ? text.replaceAll('\r', '\uFFFD') : text;
}

/** What the first and last bytes tell: a gzip of one member ends with the length of its text. */
async function readEnvelope(
  path: string,
): Promise<{ packing: ObjectVerdict['packing']; isUnread: boolean; textBytes: number }> {
  // Opening a pipe would wait for a writer.
  if (!(await stat(path)).isFile()) throw new LogObjectUnreadable(`${path} is not a regular file`);
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const first = await readBytes(file, 0);
    const isGzip = first[0] === 0x1f && first[1] === 0x8b;
    const isUnread = isGzip && (first[3]! & UNREAD_GZIP_FLAGS) !== 0;
    const last = size >= 4 ? await readBytes(file, size - 4) : first;
    return { packing: isGzip ? 'gzip' : 'none', isUnread, textBytes: last.readUInt32LE() };
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(4);
  await file.read(bytes, 0, 4, position);
  return bytes;
}
