/** Rows → the bytes of an address index file, member by member; the format is in address-index.ts. */
import { constants, gzipSync, type ZlibOptions } from 'node:zlib';
import { areMostlyDigits, BlockText, writeBlock } from './address-block.ts';
import type { BlockEntry, Directory, IndexedObject } from './address-index.ts';
import {
  type AddressRows,
  isSameAddress,
  joinRows,
  type NumberedAddresses,
  sliceRows,
  toIpv4Rows,
  toIpv6Rows,
} from './address-rows.ts';
import { toLine, toObjectLines } from './index-lines.ts';
import { contentKey, type NumberedPartition, numberObjects, uniteObjects } from './index-objects.ts';
import type { PackAddresses, PackedBlock } from './index-packer.ts';
import { encodeTail } from './index-tail.ts';
import type { SeenAddresses } from './seen-addresses.ts';

/** A block ends with the address that fills it: some 12 KB, 0.1 ms to read. Twice as many save 2 % of the bytes. */
const BLOCK_ROWS = 4096;

/**
 * Digits are as good as random, and Huffman's code alone takes half the time of a search for what repeats. That saves 3 % of
 * the bytes where objects are few, 12 % where 24 share a file: worth it for what is written once a day and kept.
 */
export type Packing = 'quick' | 'small';

const QUICK: ZlibOptions = { memLevel: 9, strategy: constants.Z_HUFFMAN_ONLY };
/** A match under six bytes costs more than the digits do. */
const SMALL: ZlibOptions = { memLevel: 9, strategy: constants.Z_FILTERED };
/** Of what is alike, as IPv6 addresses are: half the time of SMALL for a sixth more bytes. */
const ALIKE: ZlibOptions = { memLevel: 9, level: 1 };

/** Rows of either family, ascending, piece by piece; those of one address are in one piece. They may be packed already. */
export type PartitionRows = NumberedPartition & { readonly ipv4: Rows; readonly ipv6: Rows };
type Rows = Pieces | { readonly packed: readonly PackedBlock[] };
type Pieces = Iterable<AddressRows> | AsyncIterable<AddressRows>;

/** Objects and what they hold → a file. An object may come several times, with more addresses each time. */
export function encodeAddressIndex(
  seen: readonly (IndexedObject & { readonly seen: SeenAddresses })[],
  pack?: PackAddresses,
): AsyncGenerator<Uint8Array> {
  const partitions = numberObjects(uniteObjects(seen));
  const byContent = Map.groupBy(seen, contentKey);
  const rows = partitions.map((partition) => {
    const addresses = partition.objects.flatMap((object, i): NumberedAddresses[] =>
      byContent.get(contentKey(object))!.map((each) => ({ number: partition.first + i, seen: each.seen })),
    );
    const packed = pack?.(addresses);
    return packed === undefined
      ? { ...partition, ipv4: [toIpv4Rows(addresses)], ipv6: [toIpv6Rows(addresses)] }
      : { ...partition, ipv4: { packed: packed.ipv4 }, ipv6: { packed: packed.ipv6 } };
  });
  return writeAddressIndex(rows, 'quick');
}

/** The members of a file, in their order. */
export async function* writeAddressIndex(
  partitions: readonly PartitionRows[],
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  const members = new MemberWriter(packing);
  const directory: Directory = { version: 1, partitions: [] };
  for (const { accountId, region, ipv4, ipv6 } of partitions) {
    const [ipv4Entries, ipv6Entries]: [BlockEntry[], BlockEntry[]] = [[], []];
    directory.partitions.push({ accountId, region, ipv4: ipv4Entries, ipv6: ipv6Entries });
    yield* members.blocks(ipv4, ipv4Entries);
    yield* members.blocks(ipv6, ipv6Entries);
  }
  const { offset } = members;
  yield members.text([...toObjectLines(partitions), toLine({ kind: 'directory', content: JSON.stringify(directory) })]);
  yield encodeTail({ offset, length: members.offset - offset });
}

/** Packs members and counts where they are. */
class MemberWriter {
  offset = 0;
  readonly #packing: Packing;
  readonly #text = new BlockText();

  constructor(packing: Packing) {
    this.#packing = packing;
  }

  async *blocks(rows: Rows, entries: BlockEntry[]): AsyncGenerator<Uint8Array> {
    if ('packed' in rows) for (const block of rows.packed) yield this.#packed(block, entries);
    else for await (const block of cutBlocks(rows)) yield this.#block(block, entries);
  }

  #block(rows: AddressRows, entries: BlockEntry[]): Uint8Array {
    writeBlock(rows, this.#text);
    const isDigits = rows.words.length === 1 && areMostlyDigits(this.#text.length, rows.codes.length);
    const options = this.#packing === 'small' ? SMALL : isDigits ? QUICK : ALIKE;
    const member = gzipSync(this.#text.bytes.subarray(0, this.#text.length), options);
    return this.#enter(member, toHex(rows, 0), toHex(rows, rows.codes.length - 1), entries);
  }

  #packed(block: PackedBlock, entries: BlockEntry[]): Uint8Array {
    const member = 'member' in block ? block.member : gzipSync(block.text, ALIKE);
    return this.#enter(member, block.least, block.greatest, entries);
  }

  text(lines: readonly string[]): Uint8Array {
    const member = gzipSync(lines.join(''));
    this.offset += member.length;
    return member;
  }

  #enter(member: Uint8Array, least: string, greatest: string, entries: BlockEntry[]): Uint8Array {
    entries.push([least, greatest, this.offset, member.length]);
    this.offset += member.length;
    return member;
  }
}

/** Pieces of any size → blocks, which depend on the rows alone. */
async function* cutBlocks(pieces: Pieces): AsyncGenerator<AddressRows> {
  let rest: AddressRows | undefined;
  for await (const piece of pieces) {
    const rows = rest === undefined ? piece : joinRows(rest, piece);
    let from = 0;
    for (let to = endOfBlock(rows, from); to !== undefined; to = endOfBlock(rows, from)) {
      yield sliceRows(rows, from, to);
      from = to;
    }
    rest = from === rows.codes.length ? undefined : sliceRows(rows, from);
  }
  if (rest !== undefined) yield rest;
}

/** Where the block that begins at `from` ends; undefined while it is not full. */
function endOfBlock({ words, codes }: AddressRows, from: number): number | undefined {
  let to = from + BLOCK_ROWS;
  if (to > codes.length) return undefined;
  while (to < codes.length && isSameAddress(words, to - 1, to)) to++;
  return to;
}

function toHex({ words }: AddressRows, row: number): string {
  return words.map((column) => column[row]!.toString(16).padStart(8, '0')).join('');
}
