/** Ingest: objects that came in → manifests, one execution each. A key that is no log object is counted with its reason. */
import { type Limits, type Manifest, manifestKey, type StoredLogObject, toManifests } from '../core/batch.ts';
import { type ForeignReason, parseKey } from '../core/log-object.ts';
import type { ObjectStore } from '../ports.ts';

/** An object as its store lists it. */
export type ListedObject = {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modified: number;
};

export type Ingested = {
  readonly manifests: readonly { readonly key: string; readonly manifest: Manifest }[];
  readonly foreign: Readonly<Partial<Record<ForeignReason, number>>>;
  readonly firstForeign?: string;
};

/** Which objects to take, by what their key says; empty means all. */
export type Selection = { readonly accounts: readonly string[]; readonly regions: readonly string[] };

/** Sorts the objects, writes the manifests, and tells what it left out. */
export async function ingest(
  objects: AsyncIterable<ListedObject>,
  selection: Selection,
  limits: Limits,
  store: ObjectStore,
): Promise<Ingested> {
  const taken: StoredLogObject[] = [];
  const foreign: Partial<Record<ForeignReason, number>> = {};
  let firstForeign: string | undefined;
  for await (const object of objects) {
    const outcome = parseKey(object.key);
    if ('foreign' in outcome) {
      foreign[outcome.foreign] = (foreign[outcome.foreign] ?? 0) + 1;
      firstForeign ??= object.key;
    } else if (isSelected(outcome.logObject, selection)) taken.push({ ...object, ...outcome.logObject });
  }
  const manifests = toManifests(taken, limits).map((manifest) => ({
    key: manifestKey(manifest),
    manifest,
  }));
  for (const { key, manifest } of manifests) await store.put(key, JSON.stringify(manifest));
  return { manifests, foreign, ...(firstForeign === undefined ? {} : { firstForeign }) };
}

/** The log objects among the listed that are selected; foreign ones are passed over. */
export async function* selectObjects(
  listed: AsyncIterable<ListedObject>,
  selection: Selection,
): AsyncGenerator<StoredLogObject> {
  for await (const object of listed) {
    const outcome = parseKey(object.key);
    if ('logObject' in outcome && isSelected(outcome.logObject, selection)) yield { ...object, ...outcome.logObject };
  }
}

function isSelected(object: { accountId: string; region: string }, { accounts, regions }: Selection): boolean {
  const isAccount = accounts.length === 0 || accounts.includes(object.accountId);
  return isAccount && (regions.length === 0 || regions.includes(object.region));
}
