/**
 * The addresses of a part of the index → its blocks, by the scan kernel: sorted, united, written and packed without a number
 * becoming an object. TypeScript does the same where there is no kernel (address-rows.ts, address-block.ts), in five times as long.
 */
import { areMostlyDigits } from './address-block.ts';
import { GROUP_OBJECTS, type NumberedAddresses } from './address-rows.ts';
import { instantiateKernel, type KernelGlobal, type KernelMemory, type KernelModule } from './scan-kernel.ts';
import type { SeenAddresses } from './seen-addresses.ts';

/** A block, its least and greatest address in hex: packed, or as text where zlib takes fewer bytes for it. */
export type PackedBlock = { readonly least: string; readonly greatest: string } & (
  | { readonly member: Uint8Array }
  | { readonly text: Uint8Array }
);

export type PackedAddresses = { readonly ipv4: readonly PackedBlock[]; readonly ipv6: readonly PackedBlock[] };

/** The blocks of objects whose numbers ascend; undefined if they are too many. */
export type PackAddresses = (objects: readonly NumberedAddresses[]) => PackedAddresses | undefined;

type Exports = {
  readonly memory: KernelMemory;
  readonly prepare: () => void;
  readonly beginIndex: (ofIpv6: number) => void;
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
    | ('ipv4RunAt' | 'ipv4RunSidesAt' | 'ipv6RunAt' | 'ipv6RunSidesAt' | 'indexTextAt' | 'indexMemberAt')
    | ('mostRows' | 'mostIpv6Rows' | 'mostIndexObjects'),
    KernelGlobal
  >
>;

/** A packer on an instance of its own, which is made when it is first needed. */
export function indexPacker(module: KernelModule): PackAddresses {
  let exports: Exports | undefined;
  return (objects) => {
    if (exports === undefined) {
      exports = instantiateKernel<Exports>(module);
      exports.prepare();
    }
    if (!hasRoom(exports, objects)) return undefined;
    return { ipv4: packFamily(exports, 'ipv4', objects), ipv6: packFamily(exports, 'ipv6', objects) };
  };
}

function hasRoom(
  { mostRows, mostIpv6Rows, mostIndexObjects }: Exports,
  objects: readonly NumberedAddresses[],
): boolean {
  const rows = objects.reduce((sum, { seen }) => sum + seen.ipv4Sides.length, 0);
  const ipv6Rows = objects.reduce((sum, { seen }) => sum + seen.ipv6Sides.length, 0);
  const last = objects.at(-1)?.number ?? 0;
  return rows <= mostRows.value && ipv6Rows <= mostIpv6Rows.value && last < mostIndexObjects.value - GROUP_OBJECTS;
}

type Family = 'ipv4' | 'ipv6';

function packFamily(exports: Exports, family: Family, objects: readonly NumberedAddresses[]): PackedBlock[] {
  exports.beginIndex(Number(family === 'ipv6'));
  for (const { number, seen } of objects) exports.addIndexRun(number, layRun(exports, family, seen));
  exports.uniteIndexRows();
  const blocks: PackedBlock[] = [];
  while (exports.nextIndexBlock() !== 0) blocks.push(packBlock(exports, family));
  return blocks;
}

/** Lays what an object holds where a run lies; returns how many addresses that are. */
function layRun(exports: Exports, family: Family, seen: SeenAddresses): number {
  const { buffer, byteOffset, byteLength } = seen[family];
  const sides = seen[`${family}Sides`];
  const memory = new Uint8Array(exports.memory.buffer);
  memory.set(new Uint8Array(buffer, byteOffset, byteLength), exports[`${family}RunAt`].value);
  memory.set(sides, exports[`${family}RunSidesAt`].value);
  return sides.length;
}

function packBlock(exports: Exports, family: Family): PackedBlock {
  exports.writeIndexLines();
  const least = hexAt(exports, family, exports.leastInBlock());
  const greatest = hexAt(exports, family, exports.greatestInBlock());
  const textBytes = exports.indexTextBytes();
  return family === 'ipv4' && areMostlyDigits(textBytes, exports.blockRows())
    ? { least, greatest, member: bytesAt(exports, exports.indexMemberAt, exports.packIndexMember()) }
    : { least, greatest, text: bytesAt(exports, exports.indexTextAt, textBytes) };
}

/** The address at a place of the kernel's memory: a word, or a high and a low half. */
function hexAt({ memory }: Exports, family: Family, place: number): string {
  if (family === 'ipv4') return toHex(new Uint32Array(memory.buffer, place, 1)[0]!, 8);
  const [high, low] = new BigUint64Array(memory.buffer, place, 2);
  return toHex(high!, 16) + toHex(low!, 16);
}

function toHex(word: number | bigint, digits: number): string {
  return word.toString(16).padStart(digits, '0');
}

function bytesAt({ memory }: Exports, at: KernelGlobal, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, at.value, length).slice();
}
