/** The last member of an address index file: no text, and in its header where the object lines begin. RFC 1952, section 2.3. */

/** Header with an extra field of one subfield, named FH, of 16 bytes. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 20, 0, 0x46, 0x48, 16, 0);
/** An empty final block, and the CRC and length of nothing. */
const NOTHING = Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0);

export const TAIL_BYTES = HEADER.length + 16 + NOTHING.length;

/** Where the object lines and the directory are; the tail follows at once. */
export type IndexTail = { readonly offset: number; readonly length: number };

export function encodeTail({ offset, length }: IndexTail): Uint8Array {
  const tail = new Uint8Array(TAIL_BYTES);
  tail.set(HEADER);
  tail.set(NOTHING, HEADER.length + 16);
  const view = new DataView(tail.buffer, HEADER.length);
  view.setBigUint64(0, BigInt(offset), true);
  view.setBigUint64(8, BigInt(length), true);
  return tail;
}

/** Reads the tail at the end of some bytes; undefined if there is none. */
export function decodeTail(bytes: Uint8Array): IndexTail | undefined {
  const tail = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));
  if (tail.length < TAIL_BYTES || !startsWith(tail, HEADER)) return undefined;
  if (!startsWith(tail.subarray(HEADER.length + 16), NOTHING)) return undefined;
  const view = new DataView(tail.buffer, tail.byteOffset + HEADER.length);
  const [offset, length] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(8, true))];
  return Number.isSafeInteger(offset + length) ? { offset, length } : undefined;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
