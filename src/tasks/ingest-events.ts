/**
 * Messages that objects were created → formats, partitions, manifests, executions. A message fails alone: it comes again, or
 * ends in the dead-letter queue, while the others are done.
 */
import { manifestKey, type StoredLogObject, toDailyManifests } from '../core/batch.ts';
import { type ForeignReason, parseKey } from '../core/log-object.ts';
import type { PartitionConflict } from '../core/log-table.ts';
import { type IgnoredEvent, type ObjectRef, readObjectEvent } from '../core/object-event.ts';
import type { Workflow } from '../ports.ts';
import { type RegisterPorts, register } from './register.ts';
import { type Started, startBatch } from './start-execution.ts';

export type EventMessage = { readonly id: string; readonly body: string };

export type IngestEventsPorts = RegisterPorts & { readonly workflow: Workflow };

export type IngestedEvents = {
  /** Messages to be delivered again, with why. */
  readonly failed: ReadonlyMap<string, string>;
  readonly objects: number;
  readonly foreign: Readonly<Partial<Record<ForeignReason, number>>>;
  readonly ignored: Readonly<Partial<Record<IgnoredEvent, number>>>;
  readonly withoutTable: number;
  readonly conflicts: readonly PartitionConflict[];
  readonly started: readonly Started[];
  readonly viewsFailure?: Error;
};

/** Works off a batch of messages; throws only where nothing of it could be done. */
export async function ingestEvents(
  messages: readonly EventMessage[],
  clock: string,
  ports: IngestEventsPorts,
): Promise<IngestedEvents> {
  const read = readMessages(messages);
  const { failed, messagesOf } = read;
  const fail = (key: string, reason: string) => {
    for (const id of messagesOf.get(key) ?? []) failed.set(id, reason);
  };
  const registered = await register(read.objects, ports);
  for (const [key, error] of registered.failed) fail(key, `${key}: ${error.message}`);
  const objects = read.objects.filter(({ key }) => !registered.failed.has(key));
  const started: Started[] = [];
  for (const manifest of toDailyManifests(objects)) {
    try {
      const key = manifestKey(manifest);
      await ports.store.put(key, JSON.stringify(manifest));
      started.push(await startBatch(key, clock, ports.workflow));
    } catch (error) {
      for (const { key } of manifest.objects) fail(key, `batch ${manifest.batch}: ${(error as Error).message}`);
    }
  }
  const { foreign, ignored } = read;
  const { withoutTable, conflicts, viewsFailure } = registered;
  const views = viewsFailure === undefined ? {} : { viewsFailure };
  return { failed, objects: read.objects.length, foreign, ignored, withoutTable, conflicts, started, ...views };
}

function readMessages(messages: readonly EventMessage[]) {
  const failed = new Map<string, string>();
  const foreign: Partial<Record<ForeignReason, number>> = {};
  const ignored: Partial<Record<IgnoredEvent, number>> = {};
  const objects = new Map<string, StoredLogObject>();
  const messagesOf = new Map<string, string[]>();
  for (const { id, body } of messages) {
    const outcome = readObjectEvent(body);
    for (const reason of outcome.ignored) ignored[reason] = (ignored[reason] ?? 0) + 1;
    // Nobody knows what such a message wanted: it is kept for a person to see.
    if (outcome.ignored.includes('unknown shape')) failed.set(id, 'the message is no S3 event');
    for (const ref of outcome.objects) {
      const key = toKey(ref);
      const parsed = parseKey(key);
      if ('foreign' in parsed) foreign[parsed.foreign] = (foreign[parsed.foreign] ?? 0) + 1;
      else {
        const { sizeBytes, etag, modified } = ref;
        const other = objects.get(key);
        if (other === undefined || modified >= other.modified)
          objects.set(key, { ...parsed.logObject, sizeBytes, etag, modified });
        messagesOf.set(key, [...(messagesOf.get(key) ?? []), id]);
      }
    }
  }
  return { failed, foreign, ignored, objects: [...objects.values()], messagesOf };
}

function toKey({ bucket, key }: ObjectRef): string {
  return `s3://${bucket}/${key}`;
}
