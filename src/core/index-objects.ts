/** The log objects of an address index: which content of each counts, and their numbers in a file. */

import type { IndexedObject } from './address-index.ts';
import { GROUP_OBJECTS } from './address-rows.ts';
import type { StoredLogObject } from './batch.ts';

/** One account and region of a file: its objects in order, numbered from `first` on. */
export type NumberedPartition = {
  readonly accountId: string;
  readonly region: string;
  readonly first: number;
  readonly objects: readonly IndexedObject[];
};

/** What is the same content of the same object. ETags come with quotes and without. */
export function contentKey({ object }: { readonly object: Pick<StoredLogObject, 'identity' | 'etag'> }): string {
  return `${object.identity} ${object.etag.replaceAll('"', '')}`;
}

/** One entry for each identity: of several contents the latest counts, what is known of one content is united. In any order. */
export function uniteObjects(objects: Iterable<IndexedObject>): IndexedObject[] {
  const latest = new Map<string, IndexedObject>();
  for (const object of objects) {
    const { identity } = object.object;
    const other = latest.get(identity);
    latest.set(identity, other === undefined ? object : uniteTwo(object, other));
  }
  return [...latest.values()];
}

function uniteTwo(a: IndexedObject, b: IndexedObject): IndexedObject {
  const later = isLater(a, b) ? a : b;
  if (contentKey(a) !== contentKey(b)) return later;
  return {
    object: later.object,
    isWhole: a.isWhole || b.isWhole,
    firstSeen: leastOf(Math.min, a.firstSeen, b.firstSeen),
    lastSeen: leastOf(Math.max, a.lastSeen, b.lastSeen),
  };
}

/** As latestOfEach in batch.ts; S3's times are whole seconds, so that the ETag may have to decide. */
function isLater({ object: a }: IndexedObject, { object: b }: IndexedObject): boolean {
  if (a.modified !== b.modified) return a.modified > b.modified;
  return a.key === b.key ? a.etag < b.etag : a.key < b.key;
}

/** One of the two where the other is absent. */
function leastOf(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return pick(a, b);
}

/** Numbers for objects of different identities: a function of what they are, not of their order. */
export function numberObjects(objects: readonly IndexedObject[]): NumberedPartition[] {
  const partitions = Map.groupBy(objects, ({ object }) => `${object.accountId} ${object.region}`);
  let next = 0;
  return [...partitions].sort(compareFirst).map(([, own]) => {
    const first = next;
    // A group of four is of one account and region.
    next += Math.ceil(own.length / GROUP_OBJECTS) * GROUP_OBJECTS;
    const { accountId, region } = own[0]!.object;
    return { accountId, region, first, objects: own.sort(compareIdentities) };
  });
}

function compareFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function compareIdentities({ object: a }: IndexedObject, { object: b }: IndexedObject): number {
  return a.identity < b.identity ? -1 : 1;
}
