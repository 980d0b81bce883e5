/**
 * IPv4 addresses of a part of the index → its blocks, by the scan kernel: sorted, united, written and packed without a number
 * becoming an object. TypeScript does the same where there is no kernel (address-rows.ts, address-block.ts), in five times as long.
 */
import { areMostlyDigits } from './address-block.ts';
import { GROUP_OBJECTS, type NumberedAddresses } from './address-rows.ts';
import { instantiateKernel, type KernelGlobal, type KernelMemory, type KernelModule } from './scan-kernel.ts';

/** A block: packed, or as text where zlib takes fewer bytes for it. */
export type PackedBlock = { readonly least: number; readonly greatest: number } & (
  | { readonly member: Uint8Array }
  | { readonly text: Uint8Array }
);

/** The blocks of objects whose numbers ascend; undefined if they are too many. */
export type PackIpv4 = (objects: readonly NumberedAddresses[]) => PackedBlock[] | undefined;

type Exports = {
  readonly memory: KernelMemory;
  readonly prepare: () => void;
  readonly beginIndex: () => void;
  readonly addIndexRun: (object: number, length: number) => void;
  readonly uniteIndexRows: () => void;
  readonly nextIndexBlock: () => number;
  readonly blockRows: () => number;
  readonly leastInBlock: () => number;
  readonly greatestInBlock: () => number;
  readonly writeIndexLines: () => void;
  readonly indexTextBytes: () => number;
  readonly packIndexMember: () => number;
} & Readonly<
  Record<
    'ipv4RunAt' | 'ipv4RunSidesAt' | 'indexTextAt' | 'indexMemberAt' | 'mostRows' | 'mostIndexObjects',
    KernelGlobal
  >
>;

/** A packer on an instance of its own, which is made when it is first needed. */
export function indexPacker(module: KernelModule): PackIpv4 {
  let exports: Exports | undefined;
  return (objects) => {
    if (exports === undefined) {
      exports = instantiateKernel<Exports>(module);
      exports.prepare();
    }
    const rows = objects.reduce((sum, { seen }) => sum + seen.ipv4.length, 0);
    const last = objects.at(-1)?.number ?? 0;
    if (rows > exports.mostRows.value || last >= exports.mostIndexObjects.value - GROUP_OBJECTS) return undefined;
    return packBlocks(exports, objects);
  };
}

function packBlocks(exports: Exports, objects: readonly NumberedAddresses[]): PackedBlock[] {
  exports.beginIndex();
  for (const { number, seen } of objects) {
    new Uint32Array(exports.memory.buffer, exports.ipv4RunAt.value).set(seen.ipv4);
    new Uint8Array(exports.memory.buffer, exports.ipv4RunSidesAt.value).set(seen.ipv4Sides);
    exports.addIndexRun(number, seen.ipv4.length);
  }
  exports.uniteIndexRows();
  const blocks: PackedBlock[] = [];
  while (exports.nextIndexBlock() !== 0) blocks.push(packBlock(exports));
  return blocks;
}

function packBlock(exports: Exports): PackedBlock {
  exports.writeIndexLines();
  const range = { least: exports.leastInBlock() >>> 0, greatest: exports.greatestInBlock() >>> 0 };
  const textBytes = exports.indexTextBytes();
  return areMostlyDigits(textBytes, exports.blockRows())
    ? { ...range, member: bytesAt(exports, exports.indexMemberAt, exports.packIndexMember()) }
    : { ...range, text: bytesAt(exports, exports.indexTextAt, textBytes) };
}

function bytesAt({ memory }: Exports, at: KernelGlobal, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, at.value, length).slice();
}
