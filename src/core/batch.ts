/**
 * Log objects → batches that one execution works off each, and chunks that one Scan reads each. The key of a batch is a
 * function of what is in it, so the same objects make the same batch, however and in whatever order they came.
 */
import { createHash } from 'node:crypto';
import type { LogObject } from './log-object.ts';
import { type Partition, toPartitions } from './partition.ts';

/** A log object with what its store says of it. */
export type StoredLogObject = LogObject & {
  readonly sizeBytes: number;
  /** Changes when the content does. */
  readonly etag: string;
  /** Unix milliseconds. */
  readonly modified: number;
};

/** What came in together: one execution's work. */
export type Manifest = {
  readonly batch: string;
  /** Where the objects lie: what a catalogue must know before it is asked about them. */
  readonly partitions: readonly Partition[];
  readonly objects: readonly StoredLogObject[];
};

export type Limits = {
  readonly chunkBytes: number;
  readonly chunkObjects: number;
  readonly chunks: number;
  readonly batchObjects: number;
};

/**
 * At most this many bytes and objects to a chunk, chunks to an execution (payloads stay under 262,144 bytes), and objects to
 * a batch: 50,000 make a manifest of some 18 MB.
 */
export const MOST: Limits = {
  chunkBytes: 256 * 1024 * 1024,
  chunkObjects: 5000,
  chunks: 200,
  batchObjects: 50_000,
};

/** Of several deliveries of one object the latest counts; ties go to the first key, so that the order does not matter. */
export function latestOfEach(objects: readonly StoredLogObject[]): StoredLogObject[] {
  const latest = new Map<string, StoredLogObject>();
  for (const object of objects) {
    const other = latest.get(object.identity);
    if (other === undefined || isLater(object, other)) latest.set(object.identity, object);
  }
  return [...latest.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function isLater(a: StoredLogObject, b: StoredLogObject): boolean {
  return a.modified === b.modified ? a.key < b.key : a.modified > b.modified;
}

/** Objects cut into chunks in their order; a chunk holds at least one object, however large. */
export function toChunks(objects: readonly StoredLogObject[], limits: Limits = MOST): StoredLogObject[][] {
  const chunks: StoredLogObject[][] = [];
  let bytes = 0;
  for (const object of objects) {
    const chunk = chunks.at(-1);
    const isFull =
      chunk === undefined || chunk.length >= limits.chunkObjects || bytes + object.sizeBytes > limits.chunkBytes;
    if (isFull) {
      chunks.push([object]);
      bytes = object.sizeBytes;
    } else {
      chunk.push(object);
      bytes += object.sizeBytes;
    }
  }
  return chunks;
}

/** Objects → manifests, each small enough for one execution. */
export function toManifests(objects: readonly StoredLogObject[], limits: Limits = MOST): Manifest[] {
  const batches: StoredLogObject[][][] = [];
  let held = 0;
  for (const chunk of toChunks(latestOfEach(objects), limits)) {
    const batch = batches.at(-1);
    const isFull = batch === undefined || batch.length >= limits.chunks || held + chunk.length > limits.batchObjects;
    if (isFull) batches.push([chunk]);
    else batch.push(chunk);
    held = isFull ? chunk.length : held + chunk.length;
  }
  return batches.map((chunks) => toManifest(chunks.flat()));
}

/** As toManifests, but none over two days: then the manifests of a day are all that accounts for its objects. */
export function toDailyManifests(objects: readonly StoredLogObject[], limits: Limits = MOST): Manifest[] {
  const days = Map.groupBy(latestOfEach(objects), ({ date }) => date);
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, own]) => toManifests(own, limits));
}

/** Key of a manifest: by the first day of its objects, so that the batches of a day can be listed. */
export function manifestKey({ batch, objects }: Manifest): string {
  const [first] = objects.map(({ date }) => date).sort();
  return `manifests/${first}/${batch}.json`;
}

function toManifest(objects: readonly StoredLogObject[]): Manifest {
  return { batch: toBatchKey(objects), partitions: toPartitions(objects), objects };
}

/**
 * The manifest for work on objects that may have come in long before: with a batch of its own, as evidence is kept by batch
 * and another execution may be working on the same objects with other indicators.
 */
export function toOwnBatch(manifest: Manifest, execution: string): Manifest {
  return { ...manifest, batch: createHash('sha256').update(execution).digest('hex').slice(0, 32) };
}

function toBatchKey(objects: readonly StoredLogObject[]): string {
  const hash = createHash('sha256');
  for (const line of objects.map(({ identity, etag }) => `${identity} ${etag}\n`).sort()) hash.update(line);
  return hash.digest('hex').slice(0, 32);
}
