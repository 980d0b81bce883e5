/** Look-up in the address index: which log objects hold an address of a set, and which objects the index knows at all. */

import type { IndexedObject, IndexPartition } from '../core/address-index.ts';
import type { AddressIndex } from '../core/address-index-reader.ts';
import { type BlockSearch, findInIndex } from '../core/address-match.ts';
import type { AddressSet } from '../core/address-membership.ts';
import type { StoredLogObject } from '../core/batch.ts';
import { contentKey, uniteObjects } from '../core/index-objects.ts';
import { limitConcurrency, mapConcurrently } from '../core/limit-concurrency.ts';
import { daysBetween } from '../core/utc-day.ts';
import type { ObjectStore } from '../ports.ts';
import { dayPrefix, parseCompactedKey } from './address-day.ts';
import { type DamagedFile, openAddressFile, tellOutcome } from './address-files.ts';
import type { SweepWindow } from './sweep-window.ts';

export type FoundObjects = {
  /** Objects that hold an address of the set, by the latest content that the index knows of each. */
  readonly holding: readonly IndexedObject[];
  /** Whether all addresses of this content are in the index: if not, only reading the object tells. */
  readonly isIndexed: (object: Pick<StoredLogObject, 'identity' | 'etag'>) => boolean;
  /** Files that could not be read. What only they know is not indexed. */
  readonly damaged: readonly DamagedFile[];
};

/** Days that are listed at once, and files that are read at once, all days together. */
const DAYS = 8;
const FILES = 16;

/** A quicker way to look long lists up than TypeScript's, where there is one. */
export type OpenBlockSearch = (set: AddressSet) => BlockSearch | undefined;

/** Looks the set up in the days, accounts and regions of a window. */
export async function findObjects(
  set: AddressSet,
  window: SweepWindow,
  store: ObjectStore,
  openSearch?: OpenBlockSearch,
): Promise<FoundObjects> {
  const lookUp = new LookUp(set, window, openSearch);
  const read = limitConcurrency(FILES, (key: string) => lookUp.readFile(key, store));
  await mapConcurrently(DAYS, daysBetween(window.from, window.to), (day) => readDay(day, window, read, store));
  return lookUp.end();
}

/** Compaction in pieces, or by several at once, is over after fewer. */
const MOST_LISTINGS = 100;

/** Files that go while they are read are found again in others that came before they went: nothing is missed. */
async function readDay(
  day: string,
  window: SweepWindow,
  read: (key: string) => Promise<'read' | 'gone'>,
  store: ObjectStore,
): Promise<void> {
  const done = new Set<string>();
  for (let listing = 0; listing < MOST_LISTINGS; listing++) {
    const keys = (await Array.fromAsync(store.list(dayPrefix(day)))).filter((key) => isOfWindow(key, window));
    const outcomes = await Promise.all(
      keys
        .filter((key) => !done.has(key))
        .map(async (key) => {
          const outcome = await read(key);
          if (outcome === 'read') done.add(key);
          return outcome;
        }),
    );
    if (!outcomes.includes('gone')) return;
  }
  throw new Error(`files of ${dayPrefix(day)} are listed and not there, again and again`);
}

function isOfWindow(key: string, window: SweepWindow): boolean {
  const name = parseCompactedKey(key);
  return name === undefined ? key.endsWith('.gz') : isAsked(name, window);
}

function isAsked(
  { accountId, region }: { readonly accountId: string; readonly region: string },
  { accounts, regions }: SweepWindow,
): boolean {
  return (accounts.length === 0 || accounts.includes(accountId)) && (regions.length === 0 || regions.includes(region));
}

/** What the files say, in whatever order they are read. */
class LookUp {
  readonly #set: AddressSet;
  readonly #window: SweepWindow;
  readonly #openSearch: () => BlockSearch | undefined;
  readonly #known: IndexedObject[] = [];
  /** Contents that hold an address of the set. */
  readonly #holding = new Set<string>();
  readonly #damaged: DamagedFile[] = [];

  constructor(set: AddressSet, window: SweepWindow, openSearch?: OpenBlockSearch) {
    this.#set = set;
    this.#window = window;
    this.#openSearch = () => openSearch?.(set);
  }

  async readFile(key: string, store: ObjectStore): Promise<'read' | 'gone'> {
    const outcome = await tellOutcome(async () => {
      const index = await openAddressFile(key, store);
      const isOfWindow = (partition: IndexPartition) => isAsked(partition, this.#window);
      return { index, found: await findInIndex(index, this.#set, isOfWindow, this.#openSearch) };
    });
    if ('gone' in outcome) return 'gone';
    if ('damaged' in outcome) this.#damaged.push(outcome.damaged);
    else this.#add(outcome.result.index, outcome.result.found);
    return 'read';
  }

  end(): FoundObjects {
    const latest = uniteObjects(this.#known);
    const whole = new Set(latest.filter(({ isWhole }) => isWhole).map(contentKey));
    return {
      holding: latest.filter((object) => this.#holding.has(contentKey(object))),
      isIndexed: (object) => whole.has(contentKey({ object })),
      damaged: this.#damaged,
    };
  }

  #add({ objects }: AddressIndex, found: ReadonlySet<number>): void {
    for (const [number, object] of objects.entries()) {
      if (object === undefined || !isAsked(object.object, this.#window)) continue;
      this.#known.push(object);
      if (found.has(number)) this.#holding.add(contentKey(object));
    }
  }
}
