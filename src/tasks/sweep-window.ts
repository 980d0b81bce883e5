/**
 * The completeness ledger at work: every log object of some days is in a manifest whose execution has ended well, or it is
 * found here and done now. Also the way in for what was there before (backfill).
 */
import { manifestKey, type StoredLogObject, toDailyManifests } from '../core/batch.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { PartitionConflict } from '../core/log-table.ts';
import { daysBetween } from '../core/utc-day.ts';
import type { ObjectStore, Workflow } from '../ports.ts';
import { type ListedObject, type Selection, selectObjects } from './ingest.ts';
import { doneKey, readManifest } from './manifest.ts';
import { ensureViews, type RegisterPorts, register } from './register.ts';
import { type Started, startBatch } from './start-execution.ts';

export type SweepWindow = Selection & {
  /** UTC days of the objects' keys, both inclusive: `2026-09-01`. */
  readonly from: string;
  readonly to: string;
};

export type SweepWindowPorts = RegisterPorts & {
  readonly workflow: Workflow;
  /** Objects of the days, accounts and regions, as their bucket lists them. */
  readonly list: (window: SweepWindow) => AsyncIterable<ListedObject>;
};

export type SweptWindow = {
  readonly listed: number;
  /** Objects that no manifest accounted for. */
  readonly late: number;
  readonly conflicts: readonly PartitionConflict[];
  /** Objects that could not be registered; the next sweep tries again. */
  readonly unregistered: number;
  readonly started: readonly Started[];
};

/** An event may still be under way for this long: S3 delivers typically in seconds, the queue waits a minute. */
const UNDER_WAY_MILLISECONDS = 15 * 60_000;
/** A day has a manifest or two a minute, of 18 MB at most. */
const CONCURRENCY = 8;

/** Starts what is unaccounted for; done twice it starts nothing. */
export async function sweepWindow(window: SweepWindow, clock: string, ports: SweepWindowPorts): Promise<SweptWindow> {
  const { accounted, unfinished } = await readLedger(window, ports.store);
  const started: Started[] = [];
  for (const key of unfinished) started.push(await startBatch(key, clock, ports.workflow));
  const late: StoredLogObject[] = [];
  let listed = 0;
  const before = Date.parse(clock) - UNDER_WAY_MILLISECONDS;
  for await (const object of selectObjects(ports.list(window), window)) {
    listed++;
    if (object.modified < before && !accounted.has(toEntry(object))) late.push(object);
  }
  const { conflicts, failed } = await register(late, ports);
  const objects = late.filter(({ key }) => !failed.has(key));
  for (const manifest of toDailyManifests(objects)) {
    const key = manifestKey(manifest);
    await ports.store.put(key, JSON.stringify(manifest));
    started.push(await startBatch(key, clock, ports.workflow));
  }
  // Last, since it may throw: what is late never waits for a view.
  await ensureViews(ports);
  return { listed, late: late.length, conflicts, unregistered: failed.size, started };
}

/** What is in a manifest, by identity and content, and the manifests whose work has not ended. */
async function readLedger(
  { from, to }: SweepWindow,
  store: ObjectStore,
): Promise<{ accounted: Set<string>; unfinished: string[] }> {
  const accounted = new Set<string>();
  const unfinished: string[] = [];
  for (const day of daysBetween(from, to)) {
    const keys = new Set(await Array.fromAsync(store.list(`manifests/${day}/`)));
    const manifests = [...keys].filter((each) => each.endsWith('.json')).sort();
    await mapConcurrently(CONCURRENCY, manifests, async (key) => {
      for (const object of (await readManifest(key, store)).objects) accounted.add(toEntry(object));
    });
    unfinished.push(...manifests.filter((key) => !keys.has(doneKey(key))));
  }
  return { accounted, unfinished };
}

function toEntry({ identity, etag }: StoredLogObject): string {
  return `${identity} ${etag.replaceAll('"', '')}`;
}
