/**
 * Bytes of a log object → its text, streamed, and what was wrong with it. Node's zlib inflates in its thread pool while
 * the caller scans; it reads gzip of several members to the end.
 *
 * zlib drops the output of the very call that meets corruption (up to 256 times its input). To keep all that precedes
 * the break, a damaged object is read again in ever smaller steps near it: 64 KiB, 1 KiB, 1 byte.
 */
import type { Gunzip } from 'node:zlib';

/** Where the next piece may be laid, so that it need not be copied there; asked for anew for each piece. */
export type Room = () => Uint8Array;

/** Opens the object's bytes from the beginning; called again for a damaged object. A piece is good until the next is asked for. */
export type OpenBytes = (room?: Room) => AsyncIterable<Uint8Array>;

/** `plain`: read to its end, but it never was gzip. */
export type ContentOutcome = 'whole' | 'plain' | 'empty' | { readonly damaged: string };

const INFLATED_CHUNK_BYTES = 256 * 1024;
const STEP_BYTES = [65_536, 1024, 1] as const;

/**
 * Hands the text to `sink` piece by piece; content that does not begin as gzip is handed on as it is. `onStep` is awaited
 * after each step with the bytes read in it: the place for backpressure and progress. The first `alreadyDelivered` bytes of
 * text are left out: another reader got so far.
 */
export async function readContent(
  open: OpenBytes,
  sink: (chunk: Uint8Array) => void,
  onStep: (bytes: number) => Promise<void> = async () => {},
  alreadyDelivered = 0,
): Promise<ContentOutcome> {
  let delivered = alreadyDelivered;
  let breakAt = 0;
  let outcome: ContentOutcome = 'whole';
  for (const stepBytes of STEP_BYTES) {
    let produced = 0;
    const takeFresh = (chunk: Uint8Array) => {
      produced += chunk.length;
      const fresh = produced - delivered;
      if (fresh <= 0) return;
      delivered = produced;
      sink(fresh < chunk.length ? chunk.subarray(chunk.length - fresh) : chunk);
    };
    const pass = await inflate(open, { fineFrom: breakAt, stepBytes }, takeFresh, onStep);
    if (pass.corruptAt === undefined) return pass.outcome;
    breakAt = pass.corruptAt;
    outcome = pass.outcome;
  }
  return outcome;
}

/** The object's bytes, none of the pieces empty, the first long enough to tell gzip by where there are two bytes at all. */
export async function* openPieces(open: OpenBytes, room?: Room): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined;
  let isBegun = false;
  for await (const piece of open(room)) {
    if (piece.length === 0) continue;
    const joined: Uint8Array = held === undefined ? piece : Buffer.concat([held, piece]);
    isBegun ||= joined.length > 1;
    held = isBegun ? undefined : Uint8Array.from(joined);
    if (isBegun) yield joined;
  }
  if (held !== undefined) yield held;
}

/** Whether an object is gzip, by its first piece; a single byte may become it. */
export function beginsAsGzip(piece: Uint8Array): boolean {
  return piece[0] === 0x1f && (piece.length < 2 || piece[1] === 0x8b);
}

type Pass = { readonly outcome: ContentOutcome; readonly corruptAt?: number };

/** One reading; bytes from `fineFrom` on are fed in steps of `stepBytes`, those before (read already) in whole pieces. */
async function inflate(
  open: OpenBytes,
  steps: { readonly fineFrom: number; readonly stepBytes: number },
  sink: (chunk: Uint8Array) => void,
  onStep: (bytes: number) => Promise<void>,
): Promise<Pass> {
  // As an import, zlib takes every scan 3 ms to load, for the few objects that the kernel finds odd.
  const gunzip = process.getBuiltinModule('node:zlib').createGunzip({ chunkSize: INFLATED_CHUNK_BYTES });
  gunzip.on('data', sink);
  // A write that meets corruption, or zeros behind the last member, never calls back; only these events tell.
  const settled = new Promise<void>((resolve, reject) => gunzip.once('end', resolve).once('error', reject));
  settled.catch(() => {});
  let offset = 0;
  let isGzip: boolean | undefined;
  try {
    for await (const piece of openPieces(open)) {
      isGzip ??= beginsAsGzip(piece);
      for (const step of isGzip ? splitPiece(piece, offset, steps) : [piece]) {
        if (isGzip && !gunzip.readableEnded) await Promise.race([settled, writeTo(gunzip, step)]);
        if (!isGzip) sink(step);
        // zlib ends at the first zero behind a member, whatever follows it: only zeros are padding.
        if (gunzip.readableEnded && hasMoreThanPadding(step, gunzip.bytesWritten - offset)) return AFTER_PADDING;
        offset += step.length;
        await onStep(offset > steps.fineFrom ? step.length : 0);
      }
    }
    if (offset === 0) return { outcome: 'empty' };
    if (!isGzip) return { outcome: 'plain' };
    if (!gunzip.readableEnded) gunzip.end();
    await settled;
    return { outcome: 'whole' };
  } catch (error) {
    return judgeFailure(error, offset);
  } finally {
    gunzip.destroy();
  }
}

const AFTER_PADDING: Pass = { outcome: { damaged: 'corrupt gzip: bytes behind its end' } };

function hasMoreThanPadding(step: Uint8Array, usedBytes: number): boolean {
  return step.subarray(Math.max(0, usedBytes)).some((byte) => byte !== 0);
}

function judgeFailure(error: unknown, offset: number): Pass {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return { outcome: { damaged: 'truncated gzip' } };
  if (code?.startsWith('Z_')) return { outcome: { damaged: `corrupt gzip: ${message}` }, corruptAt: offset };
  throw error;
}

function* splitPiece(
  piece: Uint8Array,
  offset: number,
  { fineFrom, stepBytes }: { readonly fineFrom: number; readonly stepBytes: number },
): Generator<Uint8Array> {
  const whole = Math.min(piece.length, Math.max(0, fineFrom - offset));
  if (whole > 0) yield piece.subarray(0, whole);
  for (let at = whole; at < piece.length; at += stepBytes) yield piece.subarray(at, at + stepBytes);
}

function writeTo(gunzip: Gunzip, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    gunzip.write(piece, () => resolve());
  });
}
