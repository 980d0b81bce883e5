/** Digests that are under way, outbox/digests/<id>.json: put before they are sent, removed when all in them is written down. */
import type { PendingDigest } from '../core/digest.ts';
import { fromJson } from '../core/exact-json.ts';
import type { ObjectStore } from '../ports.ts';

export const DIGESTS = 'outbox/digests/';

export function digestKey(id: string): string {
  return `${DIGESTS}${id}.json`;
}

/** Ids of the notices that they say. */
export async function pendingNoticeIds(store: ObjectStore): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const key of store.list(DIGESTS)) {
    const text = await store.get(key);
    if (text === undefined) continue;
    for (const { notice } of fromJson<PendingDigest>(text).notices) ids.add(notice.id);
  }
  return ids;
}
