/** Looking a set up in blocks of the address index by the scan kernel: it unpacks them itself, and no text leaves its memory. */
import { crc32 } from 'node:zlib';
import type { BlockSearch } from './address-match.ts';
import type { AddressSet } from './address-membership.ts';
import { instantiateKernel, type KernelGlobal, type KernelModule, layInSet, type SetExports } from './scan-kernel.ts';

type Exports = SetExports & {
  readonly prepare: () => void;
  readonly unpackIndexBlock: (from: number, bytes: number) => number;
  readonly searchIndexLines: (from: number, to: number) => number;
} & Readonly<Record<'inputAt' | 'inputBytes' | 'blockTextAt' | 'leftAt' | 'leftGroups', KernelGlobal>>;

/** A gzip member ends with its text's checksum and length. */
const TRAILER_BYTES = 8;

/** A search on an instance of its own, with the set in its memory. What is odd, or too much for its memory, it leaves alone. */
export function kernelBlockSearch(module: KernelModule, set: AddressSet): BlockSearch {
  const exports = instantiateKernel<Exports>(module);
  exports.prepare();
  layInSet(exports, set);
  // Parts of a plain array are made in a third of the time that those of a Buffer take.
  const memory = new Uint8Array(exports.memory.buffer);
  const words = new DataView(exports.memory.buffer);
  const { inputAt, blockTextAt, leftAt, leftGroups } = exports;
  const masks = memory.subarray(leftAt.value, leftAt.value + leftGroups.value);
  return (block, left) => {
    if (block.length > exports.inputBytes.value || block.length < TRAILER_BYTES) return false;
    for (const group of left.keys()) if (group >= masks.length) return false;
    memory.set(block, inputAt.value);
    const textBytes = exports.unpackIndexBlock(inputAt.value, block.length);
    const text = memory.subarray(blockTextAt.value, blockTextAt.value + textBytes);
    if (textBytes === 0 || crc32(text) !== words.getUint32(inputAt.value + block.length - TRAILER_BYTES, true))
      return false;
    for (const [group, mask] of left) masks[group] = mask;
    const isDone = exports.searchIndexLines(blockTextAt.value, blockTextAt.value + textBytes) !== 0;
    for (const group of left.keys()) {
      if (isDone && masks[group] === 0) left.delete(group);
      else if (isDone) left.set(group, masks[group]!);
      masks[group] = 0;
    }
    return isDone;
  };
}
