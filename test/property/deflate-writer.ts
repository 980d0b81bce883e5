/** Deflate data (RFC 1951) with chosen codes and symbols, sound or not: what no packer writes. For tests only. */
import { crc32 } from 'node:zlib';

const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

export function lengthExtra(symbol: number): number {
  return LENGTH_EXTRA[symbol - 257] ?? 0;
}

export function distanceExtra(symbol: number): number {
  return symbol > 29 ? 0 : Math.max(0, (symbol >> 1) - 1);
}

/** The least distance of a symbol. */
export function distanceBase(symbol: number): number {
  return symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << ((symbol >> 1) - 1)) + 1;
}

/** The least length of a symbol. */
export function lengthBase(symbol: number): number {
  if (symbol === 285) return 258;
  return LENGTH_EXTRA.slice(0, symbol - 257).reduce((length, extra) => length + (1 << extra), 3);
}

/** Bits, the first in the lowest place of the first byte. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  put(value: number, count: number): this {
    for (let i = 0; i < count; i++) {
      this.#bits |= ((value >>> i) & 1) << this.#count;
      if (++this.#count === 8) this.align();
    }
    return this;
  }

  /** A code of Huffman's: its highest bit first. */
  code(code: readonly [bits: number, length: number]): this {
    for (let i = code[1] - 1; i >= 0; i--) this.put((code[0] >>> i) & 1, 1);
    return this;
  }

  align(): this {
    if (this.#count > 0) this.#bytes.push(this.#bits);
    this.#bits = this.#count = 0;
    return this;
  }

  raw(bytes: Iterable<number>): this {
    this.align();
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** All so far, with the last byte filled up. */
  finish(): Buffer {
    this.align();
    return Buffer.from(this.#bytes);
  }
}

export type Code = ReadonlyMap<number, readonly [bits: number, length: number]>;

/** The canonical code of these lengths; of lengths that make none, what comes of the same rule. */
export function toCode(lengths: readonly number[]): Code {
  const codes = new Map<number, readonly [number, number]>();
  let next = 0;
  for (let length = 1; length <= 15; length++) {
    next <<= 1;
    for (const [symbol, own] of lengths.entries()) if (own === length) codes.set(symbol, [next++, length]);
  }
  return codes;
}

/** One literal, or a length with its extra bits and a distance with its extra bits. */
export type Step =
  | { readonly literal: number }
  | { readonly length: number; readonly lengthBits: number; readonly distance: number; readonly distanceBits: number };

export type Block = {
  readonly literals: readonly number[];
  readonly distances: readonly number[];
  readonly steps: readonly Step[];
  readonly isEnded: boolean;
};

/** Symbols that have no code are left out. */
function putSteps(to: BitWriter, { literals, distances, steps, isEnded }: Block): void {
  const [literalCode, distanceCode] = [toCode(literals), toCode(distances)];
  for (const step of steps) {
    if ('literal' in step) {
      const code = literalCode.get(step.literal);
      if (code !== undefined) to.code(code);
      continue;
    }
    const [length, distance] = [literalCode.get(step.length), distanceCode.get(step.distance)];
    if (length === undefined || distance === undefined) continue;
    to.code(length).put(step.lengthBits, lengthExtra(step.length));
    to.code(distance).put(step.distanceBits, distanceExtra(step.distance));
  }
  const end = literalCode.get(256);
  if (isEnded && end !== undefined) to.code(end);
}

/** A block of type 2, its lengths sent one by one; the code-length code is the caller's, or one of all nineteen symbols. */
export function putDynamic(to: BitWriter, block: Block, isLast: boolean, codeLengths = ALL_CODE_LENGTHS): void {
  const [literals, distances] = [padded(block.literals, 257), padded(block.distances, 1)];
  to.put(Number(isLast), 1).put(2, 2);
  to.put(literals.length - 257, 5)
    .put(distances.length - 1, 5)
    .put(CODE_LENGTH_ORDER.length - 4, 4);
  for (const symbol of CODE_LENGTH_ORDER) to.put(codeLengths[symbol]!, 3);
  const code = toCode(codeLengths);
  for (const length of [...literals, ...distances]) to.code(code.get(length) ?? [0, 0]);
  putSteps(to, block);
}

/** 13 codes of four bits and six of five: complete. */
const ALL_CODE_LENGTHS: readonly number[] = [...Array<number>(13).fill(4), ...Array<number>(6).fill(5)];
export const FIXED_LITERALS = [8, 144, 9, 112, 7, 24, 8, 8].flatMap((length, i, all) =>
  i % 2 === 0 ? Array<number>(all[i + 1]!).fill(length) : [],
);
const FIXED_DISTANCES = Array<number>(32).fill(5);

/** A block of type 1. */
export function putFixed(to: BitWriter, steps: readonly Step[], isLast: boolean, isEnded = true): void {
  to.put(Number(isLast), 1).put(1, 2);
  putSteps(to, { literals: FIXED_LITERALS, distances: FIXED_DISTANCES, steps, isEnded });
}

/** A block of type 0; `check` is what stands in the place of the length's complement. */
export function putStored(
  to: BitWriter,
  bytes: Uint8Array,
  isLast: boolean,
  length = bytes.length,
  check = ~length,
): void {
  to.put(Number(isLast), 1).put(0, 2).align();
  to.put(length & 0xffff, 16)
    .put(check & 0xffff, 16)
    .raw(bytes);
}

function padded(lengths: readonly number[], least: number): number[] {
  return [...lengths, ...Array<number>(Math.max(0, least - lengths.length)).fill(0)];
}

export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** A gzip member of deflate data that decode to `text`. */
export function toMember(data: Uint8Array, text: Uint8Array): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(text), 0);
  trailer.writeUInt32LE(text.length, 4);
  return Buffer.concat([GZIP_HEADER, data, trailer]);
}
