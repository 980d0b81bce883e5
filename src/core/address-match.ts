/** Which objects of an address index file hold an address of a set. Reads the blocks that may, and no others. */
import { type BlockEntry, type IndexPartition, objectsOfSet, readSetNumber } from './address-index.ts';
import { type AddressIndex, readable, readBlocks } from './address-index-reader.ts';
import { searchAddressLines } from './address-lines.ts';
import { type AddressSet, countRanges, holdsAny } from './address-membership.ts';
import { GROUP_OBJECTS } from './address-rows.ts';

/** Reading blocks that are not needed costs less than another request, up to here. */
const GAP_BYTES = 64 * 1024;
/** At most so much is read at once, for the memory's sake. */
const RUN_BYTES = 4 * 1024 * 1024;
/** Blocks are unpacked by so many until all objects are found: one by one, beginning to unpack takes as long as going on. */
const PORTION = 3;

/** Numbers of the objects that hold an address of the set, out of the accounts and regions that are asked for. */
export async function findInIndex(
  index: AddressIndex,
  set: AddressSet,
  isAsked: (partition: IndexPartition) => boolean,
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const partition of index.directory.partitions.filter(isAsked)) {
    for (const object of await new PartitionSearch(index, partition).find(set)) found.add(object);
  }
  return found;
}

class PartitionSearch {
  readonly #index: AddressIndex;
  readonly #partition: IndexPartition;
  /** The objects that are not found, as a mask for each group of four: of long lists, each of many lines is asked about. */
  readonly #left: Map<number, number>;

  constructor(index: AddressIndex, partition: IndexPartition) {
    this.#index = index;
    this.#partition = partition;
    this.#left = toMasks(index, partition);
  }

  /** A list of a hundred thousand mostly finds every object before all blocks are read: first those where most is sought. */
  async find(set: AddressSet): Promise<Set<number>> {
    const found = new Set<number>();
    const { ipv4, ipv6 } = this.#partition;
    const ranges = new Map([...ipv4, ...ipv6].map((block) => [block, countRanges(set, block)]));
    for (const run of toRuns([...ranges.keys()].filter((block) => ranges.get(block)! > 0))) {
      const textOf = await readBlocks(this.#index, run);
      const blocks = run.toSorted((a, b) => ranges.get(b)! - ranges.get(a)!);
      for (let at = 0; at < blocks.length; at += PORTION) {
        this.#search(textOf(blocks.slice(at, at + PORTION)), set, found);
        if (this.#left.size === 0) return found;
      }
    }
    return found;
  }

  #search(text: Uint8Array, set: AddressSet, found: Set<number>): void {
    const isLeft = (number: number): boolean => {
      const { group, mask } = readSetNumber(number);
      return (mask & (this.#left.get(group) ?? 0)) !== 0;
    };
    const add = (number: number): void => {
      for (const object of objectsOfSet(number)) found.add(object);
      const { group, mask } = readSetNumber(number);
      const left = this.#left.get(group)! & ~mask;
      if (left === 0) this.#left.delete(group);
      else this.#left.set(group, left);
    };
    const holds = (words: readonly Uint32Array[], count: number) => holdsAny(set, words, count);
    readable(this.#index.file, () => searchAddressLines(text, isLeft, holds, add));
  }
}

/** The objects of an account and region. */
function toMasks({ objects }: AddressIndex, { accountId, region }: IndexPartition): Map<number, number> {
  const masks = new Map<number, number>();
  for (const [number, each] of objects.entries()) {
    if (each?.object.accountId !== accountId || each.object.region !== region) continue;
    const group = Math.floor(number / GROUP_OBJECTS);
    masks.set(group, (masks.get(group) ?? 0) | (1 << (number % GROUP_OBJECTS)));
  }
  return masks;
}

/** Blocks that lie side by side, or nearly, are read at once. */
export function toRuns(blocks: readonly BlockEntry[]): BlockEntry[][] {
  const runs: BlockEntry[][] = [];
  let [start, end] = [0, 0];
  for (const block of blocks) {
    const [, , offset, length] = block;
    const run = runs.at(-1);
    if (run !== undefined && offset - end <= GAP_BYTES && offset + length - start <= RUN_BYTES) {
      run.push(block);
    } else {
      runs.push([block]);
      start = offset;
    }
    end = offset + length;
  }
  return runs;
}
