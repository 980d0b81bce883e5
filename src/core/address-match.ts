/** Which objects of an address index file hold an address of a set. Reads the blocks that may, and no others. */
import { type BlockEntry, type IndexPartition, objectsOfSet } from './address-index.ts';
import { type AddressIndex, readAddresses } from './address-index-reader.ts';
import { type AddressSet, holdsAny, touchesBlock } from './address-membership.ts';

/** Reading blocks that are not needed costs less than another request, up to here. */
const GAP_BYTES = 64 * 1024;
/** At most so much is read at once, for the memory's sake. */
const RUN_BYTES = 4 * 1024 * 1024;

/** Numbers of the objects that hold an address of the set, out of the accounts and regions that are asked for. */
export async function findInIndex(
  index: AddressIndex,
  set: AddressSet,
  isAsked: (partition: IndexPartition) => boolean,
): Promise<Set<number>> {
  const found = new Set<number>();
  const isNew = (number: number) => found.size === 0 || objectsOfSet(number).some((object) => !found.has(object));
  for (const { ipv4, ipv6 } of index.directory.partitions.filter(isAsked)) {
    for (const run of toRuns([...ipv4, ...ipv6].filter((block) => touchesBlock(set, block)))) {
      for (const { set: number, words, count } of await readAddresses(index, run, isNew)) {
        if (holdsAny(set, words, count)) for (const object of objectsOfSet(number)) found.add(object);
      }
    }
  }
  return found;
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
