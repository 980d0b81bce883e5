/** Which objects of an address index file hold an address of a set. Reads the blocks that may, and no others. */
import { type BlockEntry, type IndexPartition, readSetNumber } from './address-index.ts';
import { type AddressIndex, readable, readBlocks, unpackBlocks } from './address-index-reader.ts';
import { readAddressLines } from './address-lines.ts';
import { type AddressSet, countRanges, holdsAny } from './address-membership.ts';
import { GROUP_OBJECTS } from './address-rows.ts';

/** Reading blocks that are not needed costs less than another request, up to here. */
const GAP_BYTES = 64 * 1024;
/** At most so much is read at once, for the memory's sake. */
const RUN_BYTES = 4 * 1024 * 1024;
/** zlib unpacks blocks by so many until all objects are found: one by one, beginning to unpack takes as long as going on. */
const PORTION = 3;

/** Objects by groups of four: a bit for each. */
type Masks = Map<number, number>;

/**
 * Looks a block through as it is packed, and takes the objects of lines that hold an address of a set away from `left`; false if
 * it cannot, and nothing was done. The scan kernel does so in a third of the time; to have it and the set in it takes 2 ms, as long
 * as six blocks by TypeScript.
 */
export type BlockSearch = (block: Uint8Array, left: Masks) => boolean;

/** Numbers of the objects that hold an address of the set, out of the accounts and regions that are asked for. */
export async function findInIndex(
  index: AddressIndex,
  set: AddressSet,
  isAsked: (partition: IndexPartition) => boolean,
  openSearch?: () => BlockSearch | undefined,
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const partition of index.directory.partitions.filter(isAsked)) {
    const sought = toMasks(index, partition);
    const left = new Map(sought);
    await search(index, partition, set, left, openSearch);
    for (const [group, mask] of sought) addNumbers(group, mask & ~(left.get(group) ?? 0), found);
  }
  return found;
}

/**
 * Takes what is found away from `left`. A list of a hundred thousand mostly finds every object before all blocks are read:
 * those where most is sought come first.
 */
async function search(
  index: AddressIndex,
  { ipv4, ipv6 }: IndexPartition,
  set: AddressSet,
  left: Masks,
  openSearch?: () => BlockSearch | undefined,
): Promise<void> {
  const ranges = new Map([...ipv4, ...ipv6].map((block) => [block, countRanges(set, block)]));
  const sought = [...ranges.keys()].filter((block) => ranges.get(block)! > 0);
  const quick = sought.length === 0 ? undefined : openSearch?.();
  for (const run of toRuns(sought)) {
    const packed = await readBlocks(index, run);
    const blocks = run.length > PORTION ? run.toSorted((a, b) => ranges.get(b)! - ranges.get(a)!) : run;
    for (let at = 0; at < blocks.length; at += PORTION) {
      const portion = blocks.slice(at, at + PORTION).map(packed);
      const others = quick === undefined ? portion : portion.filter((block) => left.size > 0 && !quick(block, left));
      if (others.length > 0) readable(index.file, () => searchLines(unpackBlocks(index, others), set, left));
      if (left.size === 0) return;
    }
  }
}

/** The same as the kernel's, of any lines. Throws Unreadable. */
export function searchLines(text: Uint8Array, set: AddressSet, left: Masks): void {
  const isLeft = (number: number): boolean => {
    const { group, mask } = readSetNumber(number);
    return (mask & (left.get(group) ?? 0)) !== 0;
  };
  for (const { set: number, words, count } of readAddressLines(text, isLeft)) {
    if (!holdsAny(set, words, count)) continue;
    const { group, mask } = readSetNumber(number);
    const others = left.get(group)! & ~mask;
    if (others === 0) left.delete(group);
    else left.set(group, others);
  }
}

/** Numbers of the objects whose bits are set. */
function addNumbers(group: number, mask: number, numbers: Set<number>): void {
  for (let bit = 0; bit < GROUP_OBJECTS; bit++) if ((mask >>> bit) & 1) numbers.add(group * GROUP_OBJECTS + bit);
}

/** The objects of an account and region. */
function toMasks({ objects }: AddressIndex, { accountId, region }: IndexPartition): Masks {
  const masks: Masks = new Map();
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
    // By their places: V8 takes an array apart by its iterator until it has optimized that.
    const offset = block[2];
    const length = block[3];
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
