/**
 * Address index files → one, for one account and region. Whatever the order, the split and the repetition of what goes in,
 * the same bytes come out. It goes through the address space in windows, so that memory is bounded however much there is.
 */
import { type BlockEntry, type IndexPartition, objectsOfSet, readSetNumber } from './address-index.ts';
import { type AddressIndex, readAddresses } from './address-index-reader.ts';
import { writeAddressIndex } from './address-index-writer.ts';
import type { AddressLine } from './address-lines.ts';
import { toRuns } from './address-match.ts';
import { type AddressRows, toRowCode, uniteRows } from './address-rows.ts';
import { contentKey, numberObjects, uniteObjects } from './index-objects.ts';
import { RowCollector } from './row-collector.ts';

/** Blocks of a window: with what sorting takes, some 50 MB in memory. */
const WINDOW_BYTES = 4 * 1024 * 1024;

type Partition = Pick<IndexPartition, 'accountId' | 'region'>;

/** What one file adds: its blocks, and the numbers that its objects get; those of an earlier content get none. */
type Input = {
  readonly index: AddressIndex;
  readonly partition: IndexPartition | undefined;
  readonly numbers: readonly (number | undefined)[];
};

/** The members of the file that holds what these hold of the account and region. */
export async function* mergeAddressIndexes(
  indexes: readonly AddressIndex[],
  of: Partition,
  windowBytes = WINDOW_BYTES,
): AsyncGenerator<Uint8Array> {
  const isOf = ({ accountId, region }: Partition) => accountId === of.accountId && region === of.region;
  const objects = indexes.flatMap((index) => index.objects.filter((each) => each !== undefined && isOf(each.object)));
  const [partition] = numberObjects(uniteObjects(objects.filter((each) => each !== undefined)));
  if (partition === undefined) return;
  const numbers = new Map(partition.objects.map((object, i) => [contentKey(object), partition.first + i]));
  const inputs = indexes.map(
    (index): Input => ({
      index,
      partition: index.directory.partitions.find(isOf),
      numbers: index.objects.map((object) => object && numbers.get(contentKey(object))),
    }),
  );
  const rows = { ipv4: mergeRows(inputs, 'ipv4', windowBytes), ipv6: mergeRows(inputs, 'ipv6', windowBytes) };
  yield* writeAddressIndex([{ ...partition, ...rows }], 'small');
}

async function* mergeRows(
  inputs: readonly Input[],
  family: 'ipv4' | 'ipv6',
  windowBytes: number,
): AsyncGenerator<AddressRows> {
  let after = '';
  for (const to of cutWindows(
    inputs.flatMap(({ partition }) => partition?.[family] ?? []),
    windowBytes,
  )) {
    const rows = new RowCollector(family === 'ipv4' ? 1 : 4, after, to);
    for (const { index, partition, numbers } of inputs) {
      const blocks = partition?.[family].filter(([least, greatest]) => greatest > after && least <= to) ?? [];
      for (const run of toRuns(blocks)) {
        for (const line of await readAddresses(index, run, () => true)) collect(line, numbers, rows);
      }
    }
    yield uniteRows(rows.end());
    after = to;
  }
}

/** The greatest addresses of the windows, in hex. A block that reaches into two windows is read for both. */
function cutWindows(blocks: readonly BlockEntry[], windowBytes: number): string[] {
  const windows: string[] = [];
  let bytes = 0;
  for (const [, greatest, , length] of blocks.toSorted(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (windows.length === 0 || (bytes >= windowBytes && greatest !== windows.at(-1))) {
      windows.push(greatest);
      bytes = 0;
    } else windows[windows.length - 1] = greatest;
    bytes += length;
  }
  return windows;
}

/** Rows for the addresses of a line: one each for each four objects of the new file in which its set has a part. */
function collect(line: AddressLine, numbers: Input['numbers'], rows: RowCollector): void {
  const { side } = readSetNumber(line.set);
  const codes = new Map<number, number>();
  for (const object of objectsOfSet(line.set)) {
    const number = numbers[object];
    if (number === undefined) continue;
    const code = toRowCode(number, side);
    codes.set(code >>> 8, (codes.get(code >>> 8) ?? 0) | code);
  }
  for (const code of codes.values()) rows.add(line, code);
}
