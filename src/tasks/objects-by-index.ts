/** Log objects, told apart by what the address index says of them: only some of them are worth reading. */
import type { AddressSet } from '../core/address-membership.ts';
import type { StoredLogObject } from '../core/batch.ts';
import { contentKey } from '../core/index-objects.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { ObjectStore } from '../ports.ts';
import type { DamagedFile } from './address-files.ts';
import { findObjects, type OpenBlockSearch } from './find-objects.ts';

export type ObjectsByIndex = {
  /** They hold an address of the set. */
  readonly holding: readonly StoredLogObject[];
  /** The index does not know their content: only reading them tells. */
  readonly unindexed: readonly StoredLogObject[];
  /** They hold none. */
  readonly others: readonly StoredLogObject[];
  /** Files of the index that could not be read. */
  readonly damaged: readonly DamagedFile[];
};

/** The same in numbers. */
export type IndexAnswer = {
  readonly holding: Size;
  readonly unindexed: Size;
  readonly others: Size;
  readonly damaged: readonly DamagedFile[];
};

type Size = { readonly objects: number; readonly bytes: number };

/** Adds the objects up. */
export function toAnswer({ holding, unindexed, others, damaged }: ObjectsByIndex): IndexAnswer {
  return { holding: toSize(holding), unindexed: toSize(unindexed), others: toSize(others), damaged };
}

/** How many, and how large together. */
export function toSize(objects: readonly StoredLogObject[]): Size {
  return { objects: objects.length, bytes: objects.reduce((total, { sizeBytes }) => total + sizeBytes, 0) };
}

/** Days that are looked up at once. */
const DAYS = 4;

/** Asks the index of the objects' days, accounts and regions. */
export async function askIndex(
  objects: readonly StoredLogObject[],
  set: AddressSet,
  store: ObjectStore,
  openSearch?: OpenBlockSearch,
): Promise<ObjectsByIndex> {
  const days = [...Map.groupBy(objects, ({ date }) => date)];
  const asked = await mapConcurrently(DAYS, days, ([day, own]) => askDay(day, own, set, store, openSearch));
  return {
    holding: asked.flatMap(({ holding }) => holding),
    unindexed: asked.flatMap(({ unindexed }) => unindexed),
    others: asked.flatMap(({ others }) => others),
    damaged: asked.flatMap(({ damaged }) => damaged),
  };
}

async function askDay(
  day: string,
  objects: readonly StoredLogObject[],
  set: AddressSet,
  store: ObjectStore,
  openSearch?: OpenBlockSearch,
): Promise<ObjectsByIndex> {
  const window = { from: day, to: day, ...toSelection(objects) };
  const { holding, isIndexed, damaged } = await findObjects(set, window, store, openSearch);
  const found = new Set(holding.map(contentKey));
  const groups = Map.groupBy(objects, (object) => {
    if (!isIndexed(object)) return 'unindexed';
    return found.has(contentKey({ object })) ? 'holding' : 'others';
  });
  return { holding: [], unindexed: [], others: [], ...Object.fromEntries(groups), damaged };
}

/** Accounts and regions of the objects. */
export function toSelection(objects: readonly StoredLogObject[]): { accounts: string[]; regions: string[] } {
  return {
    accounts: [...new Set(objects.map(({ accountId }) => accountId))],
    regions: [...new Set(objects.map(({ region }) => region))],
  };
}
