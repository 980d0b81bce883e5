/** Plan: an execution's manifest → chunks for Scan, the indicator version, and whether any of its objects was evaluated before. */
import { type Limits, type Manifest, type StoredLogObject, toChunks } from '../core/batch.ts';
import { ExecutionFailed } from '../core/errors.ts';
import type { Chunk, ExecutionInput } from '../core/execution.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import type { ObjectStore } from '../ports.ts';
import { type TableOf, toPathLists } from './data-ratio.ts';
import { currentIndicators } from './indicators-in-force.ts';
import { readManifest } from './manifest.ts';
import { outcomeKey } from './sightings.ts';

export type PlanOutput = {
  readonly batch: string;
  readonly indicators: string;
  readonly chunks: readonly Chunk[];
  /** True if sightings of these objects are stored: then even a scan that finds nothing has something to withdraw. */
  readonly isAgain: boolean;
};

export type PlanSettings = {
  readonly limits: Limits;
  /** Given where objects are to be queried where they lie; an object without a table is still read. */
  readonly tableOf?: TableOf;
};

/** Writes each chunk's list of objects and names the chunks. */
export async function plan(input: ExecutionInput, settings: PlanSettings, store: ObjectStore): Promise<PlanOutput> {
  const manifest = await readManifest(input.manifest, store);
  const lists = await toLists(manifest.objects, settings);
  const { chunks: most } = settings.limits;
  if (lists.length > most) {
    throw new ExecutionFailed(`${lists.length} chunks where an execution takes ${most}: ingest in smaller batches`);
  }
  const chunks: Chunk[] = [];
  for (const [chunk, { objects, table }] of lists.entries()) {
    const key = `runs/${input.execution}/chunks/${chunk}.objects.json`;
    await store.put(key, JSON.stringify(objects));
    chunks.push({ chunk, objects: key, ...(table === undefined ? {} : { table }) });
  }
  const indicators = input.indicators ?? (await currentIndicators(store)).indicators;
  const isAgain = input.mode !== 'hunt' && (await isAnySighted(manifest, store));
  return { batch: manifest.batch, indicators, chunks, isAgain };
}

type ObjectList = { readonly objects: readonly StoredLogObject[]; readonly table?: string };

async function toLists(all: readonly StoredLogObject[], { limits, tableOf }: PlanSettings): Promise<ObjectList[]> {
  const byTable = new Map<string | undefined, StoredLogObject[]>();
  for (const object of all) {
    const table = await tableOf?.(object);
    const own = byTable.get(table) ?? [];
    byTable.set(table, own);
    own.push(object);
  }
  return [...byTable].flatMap(([table, own]): ObjectList[] =>
    table === undefined
      ? toChunks(own, limits).map((objects) => ({ objects }))
      : toPathLists(own).map((objects) => ({ objects, table })),
  );
}

const CONCURRENCY = 32;

/** Asked object by object: a list of all that was ever sighted grows, a batch does not. */
async function isAnySighted({ objects }: Manifest, store: ObjectStore): Promise<boolean> {
  for (let at = 0; at < objects.length; at += CONCURRENCY) {
    const keys = objects.slice(at, at + CONCURRENCY).map(({ identity }) => outcomeKey(identity));
    const texts = await mapConcurrently(CONCURRENCY, keys, (key) => store.get(key));
    if (texts.some((text) => text !== undefined)) return true;
  }
  return false;
}
