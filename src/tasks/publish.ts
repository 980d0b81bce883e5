/** Publish: what changed among the findings → whoever listens. Publishing the same changes twice changes nothing. */
import { fromJson } from '../core/exact-json.ts';
import type { FindingChanges, ObjectStore, Publisher } from '../ports.ts';

export type PublishOutput = { readonly opened: number; readonly updated: number; readonly withdrawn: number };

/** Hands the changes that Collect wrote under `changes` to the publisher. */
export async function publish(changes: string, store: ObjectStore, publisher: Publisher): Promise<PublishOutput> {
  const text = await store.get(changes);
  const { opened, updated, withdrawn } = fromJson<FindingChanges>(text ?? '{"opened":[],"updated":[],"withdrawn":[]}');
  await publisher.publish({ opened, updated, withdrawn });
  return { opened: opened.length, updated: updated.length, withdrawn: withdrawn.length };
}
