/** What there is to compact of a day: parts, and for each account and region the files that hold something of it. */
import type { AddressIndex } from '../core/address-index-reader.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { ObjectStore } from '../ports.ts';
import { type CompactedName, parseCompactedKey } from './address-day.ts';
import { openAddressFile } from './address-files.ts';

export type CompactionLimits = {
  /** Parts that one round takes, and bytes of them: a round fits into a function's memory and minutes. */
  readonly parts: number;
  readonly partBytes: number;
  /** A compacted file that is larger stays as it is, and another comes to lie beside it. */
  readonly fileBytes: number;
  /** Up to here what is merged is compared before it is written: a sweep that is repeated writes the same parts again. */
  readonly comparedBytes: number;
};

/** Files to be merged into one, which is of a generation above theirs. */
export type Merge = CompactedName & { readonly files: readonly AddressIndex[] };

const OPENS = 16;

/** Whether a day has work: so many parts, or several compacted files of one account and region. */
export function needsCompaction(keys: readonly string[], leastParts: number): boolean {
  const files = keys.filter((key) => key.endsWith('.gz'));
  const compacted = files.map(parseCompactedKey).filter((name) => name !== undefined);
  return files.length - compacted.length >= leastParts || new Set(compacted.map(toPlace)).size < compacted.length;
}

/** What one round does with the files of a day: each part it takes is in the merges of all that it holds something of. */
export async function openWork(
  keys: readonly string[],
  limits: CompactionLimits,
  store: ObjectStore,
): Promise<Merge[]> {
  const isPart = (key: string) => parseCompactedKey(key) === undefined;
  const parts = cutBytes(await openAll(keys.filter(isPart).slice(0, limits.parts), store), limits.partBytes);
  const holding = groupByPlace(parts);
  const compacted = Map.groupBy(
    keys.filter((key) => !isPart(key)),
    (key) => toPlace(parseCompactedKey(key)!),
  );
  const severals = [...compacted].filter(([, own]) => own.length > 1).map(([place]) => place);
  const places = [...new Set([...holding.keys(), ...severals])].sort();
  const merges = await mapConcurrently(OPENS, places, async (place): Promise<Merge[]> => {
    const own = compacted.get(place) ?? [];
    const small = (await openAll(own, store)).filter(({ sizeBytes }) => sizeBytes <= limits.fileBytes);
    const files = [...small, ...(holding.get(place) ?? [])];
    const generation = 1 + Math.max(0, ...own.map((key) => parseCompactedKey(key)!.generation));
    const [accountId, region] = place.split(' ') as [string, string];
    return small.length === files.length && small.length < 2 ? [] : [{ accountId, region, generation, files }];
  });
  return merges.flat();
}

/** The files that hold something of each account and region. */
function groupByPlace(files: readonly AddressIndex[]): Map<string, AddressIndex[]> {
  const places = new Map<string, AddressIndex[]>();
  for (const file of files) {
    for (const partition of file.directory.partitions) {
      const place = toPlace(partition);
      places.set(place, [...(places.get(place) ?? []), file]);
    }
  }
  return places;
}

function openAll(keys: readonly string[], store: ObjectStore): Promise<AddressIndex[]> {
  return mapConcurrently(OPENS, keys, (key) => openAddressFile(key, store));
}

/** The first parts, as many as fit; one at least. */
function cutBytes(parts: readonly AddressIndex[], most: number): AddressIndex[] {
  let bytes = 0;
  return parts.filter(({ sizeBytes }, i) => {
    bytes += sizeBytes;
    return i === 0 || bytes <= most;
  });
}

function toPlace({ accountId, region }: Pick<CompactedName, 'accountId' | 'region'>): string {
  return `${accountId} ${region}`;
}
