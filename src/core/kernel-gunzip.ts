/**
 * Gzip of one object, inflated by the kernel straight into the scanner's buffer: headers, members, checksums (RFC 1952).
 * It takes the healthy path; anything else is `odd`, and zlib (gunzip.ts) goes on behind the text that was delivered.
 */
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { LogObjectUnavailable } from './errors.ts';
import type { OpenBytes } from './gunzip.ts';
import type { Inflater } from './line-checker.ts';
import type { RecordScanner } from './record-scanner.ts';

/** A match reaches back at most so far. */
const HISTORY_BYTES = 32_768;
/** After so many full buffers (16 MB of text) the event loop has its turn: progress moves and Ctrl-C is heard. */
const FULL_BUFFERS_A_TURN = 32;

const HAS_HEADER_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** `onStep` is awaited now and then with the compressed bytes used since. */
export async function gunzipByKernel(
  open: OpenBytes,
  inflater: Inflater,
  scanner: RecordScanner,
  onStep: (bytes: number) => Promise<void>,
): Promise<'whole' | 'odd'> {
  const length = await readInput(open, inflater.input);
  if (length === undefined) return 'odd';
  let at = 0;
  do {
    const dataAt = skipHeader(inflater.input, at, length);
    const end =
      dataAt === undefined ? undefined : await inflateMember(inflater, scanner, { at, dataAt, length }, onStep);
    if (end === undefined) return 'odd';
    at = end;
  } while (at < length && !isPadding(inflater.input.subarray(at, length)));
  return 'whole';
}

/** Zeros behind the last member, as tapes have them, mean nothing. */
function isPadding(rest: Uint8Array): boolean {
  return rest.every((byte) => byte === 0);
}

/** The whole object into the kernel's input; undefined if it is larger than that or cannot be read to its end. */
async function readInput(open: OpenBytes, input: Uint8Array): Promise<number | undefined> {
  let length = 0;
  try {
    for await (const piece of open()) {
      if (length + piece.length > input.length) return undefined;
      input.set(piece, length);
      length += piece.length;
    }
  } catch (error) {
    if (error instanceof LogObjectUnavailable) throw error;
    return undefined; // zlib's way meets the same trouble, and keeps what comes before it
  }
  return length;
}

/** Inflates one member; returns where the next begins, or undefined if anything was odd. */
async function inflateMember(
  inflater: Inflater,
  scanner: RecordScanner,
  { at, dataAt, length }: { at: number; dataAt: number; length: number },
  onStep: (bytes: number) => Promise<void>,
): Promise<number | undefined> {
  inflater.begin(dataAt, length, scanner.end);
  let checksum = 0;
  let textBytes = 0;
  let told = at;
  for (let turn = 1; ; turn++) {
    const state = inflater.inflate();
    if (state === 'odd') return undefined;
    const from = scanner.end;
    const to = inflater.textEnd();
    checksum = crc32(scanner.buffer.subarray(from, to), checksum);
    textBytes += to - from;
    const trailerAt = inflater.inputAt();
    if (state === 'end' && !isTrailer(inflater.input, trailerAt, length, checksum, textBytes)) return undefined;
    scanner.takeUpTo(to);
    inflater.slide(scanner.slide(HISTORY_BYTES));
    const next = state === 'end' ? trailerAt + 8 : trailerAt;
    await onStep(next - told);
    told = next;
    if (state === 'end') return next;
    if (turn % FULL_BUFFERS_A_TURN === 0) await setImmediate();
  }
}

function isTrailer(input: Buffer, at: number, length: number, checksum: number, textBytes: number): boolean {
  if (at + 8 > length) return false;
  return input.readUInt32LE(at) === checksum >>> 0 && input.readUInt32LE(at + 4) === textBytes % 2 ** 32;
}

/** Where a member's deflate data begin, or undefined if this is no gzip header that we know. */
function skipHeader(input: Buffer, at: number, length: number): number | undefined {
  if (at + 18 > length || input.readUInt16BE(at) !== 0x1f8b || input[at + 2] !== 8) return undefined;
  const flags = input[at + 3]!;
  let next: number | undefined = at + 10;
  if ((flags & HAS_EXTRA) !== 0) next += 2 + input.readUInt16LE(next);
  if ((flags & HAS_NAME) !== 0) next = skipText(input, next, length);
  if (next !== undefined && (flags & HAS_COMMENT) !== 0) next = skipText(input, next, length);
  if (next !== undefined && (flags & HAS_HEADER_CRC) !== 0) next += 2;
  return next === undefined || next >= length || flags > 31 ? undefined : next;
}

function skipText(input: Buffer, at: number, length: number): number | undefined {
  const end = input.subarray(0, length).indexOf(0, at);
  return end < 0 ? undefined : end + 1;
}
