/** Documents of a store → `store/` of a bundle, byte for byte, and `records/objects.ndjson`, where the records came from. */
import { latestOfEach, type Manifest, type StoredLogObject } from '../../core/batch.ts';
import { fromJson, toJson } from '../../core/exact-json.ts';
import type { ObjectStore } from '../../ports.ts';
import type { ExecutionResult } from '../../tasks/record-result.ts';
import { openText, putFile } from './folder.ts';
import { toSafePath } from './names.ts';
import type { Execution } from './partitions.ts';
import { writeQueries } from './queries.ts';
import type { BundledRecords } from './records.ts';
import type { BundleRequest } from './request.ts';

/** Per finding. */
const OF_FINDINGS = ['findings', 'contexts', 'publications'] as const;
/** What is said of the lists, and the lists themselves where the store has them. */
const OF_LISTS = ['indicators/lists/', 'indicators/incoming/', 'indicators/allow/'] as const;

/** Copies what the findings and records rest on. */
export async function writeDocuments(
  folder: string,
  request: BundleRequest,
  { parts, objects }: BundledRecords,
  executions: readonly Execution[],
  store: ObjectStore,
): Promise<void> {
  const batches = new Set(parts.map(({ batch }) => batch));
  const isIncluded = ({ batch }: Execution) => request.isWhole || batches.has(batch);
  const included = executions.filter(isIncluded);
  await writeQueries(folder, included, store);
  const keys = [
    ...OF_FINDINGS.flatMap((kind) => request.findings.map(({ finding_id }) => `${kind}/${finding_id}.json`)),
    ...parts.map(({ addresses }) => addresses),
    ...(await listRunDocuments(included, store)),
    ...(await listVersions(included, store)),
  ];
  for (const key of keys.sort()) await copy(folder, key, store);
  const isNeeded = (batch: string) => request.isWhole || batches.has(batch);
  await writeObjects(folder, objects, await copyManifests(folder, isNeeded, objects, store));
}

async function listRunDocuments(executions: readonly Execution[], store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for (const { name } of executions) keys.push(...(await Array.fromAsync(store.list(`runs/${name}/`))));
  return keys;
}

/** The versions of the indicators that the runs used, and the documents about lists. */
async function listVersions(executions: readonly Execution[], store: ObjectStore): Promise<string[]> {
  const keys = new Set(['indicators/current.json']);
  for (const { name } of executions) {
    const { indicators } = fromJson<ExecutionResult>((await store.get(`runs/${name}/result.json`)) ?? '{}');
    if (indicators !== undefined) keys.add(indicators);
  }
  for (const prefix of OF_LISTS) for await (const key of store.list(prefix)) keys.add(key);
  return [...keys];
}

/** Manifests say which objects came in, with their ETags. Returns those that records are of. */
async function copyManifests(
  folder: string,
  isNeeded: (batch: string) => boolean,
  withRecords: BundledRecords['objects'],
  store: ObjectStore,
): Promise<StoredLogObject[]> {
  const found: StoredLogObject[] = [];
  for (const key of (await Array.fromAsync(store.list('manifests/'))).sort()) {
    const text = key.endsWith('.json') ? await store.get(key) : undefined;
    if (text === undefined) continue;
    const { batch, objects } = JSON.parse(text) as Manifest;
    if (!isNeeded(batch)) continue;
    await putFile(folder, `store/${toSafePath(key)}`, text);
    for (const object of objects) if (withRecords.has(object.identity)) found.push(object);
  }
  return latestOfEach(found);
}

async function writeObjects(
  folder: string,
  objects: BundledRecords['objects'],
  manifests: readonly StoredLogObject[],
): Promise<void> {
  const stored = new Map(manifests.map((one) => [one.identity, one]));
  const file = await openText(folder, 'records/objects.ndjson');
  for (const [object, { file: lines, records }] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { key = null, etag = null, sizeBytes = null, modified } = stored.get(object) ?? {};
    const since = modified === undefined ? null : new Date(modified).toISOString();
    await file.add(toJson({ object, lines, records, key, etag, size_bytes: sizeBytes, modified: since }));
  }
  await file.close();
}

async function copy(folder: string, key: string, store: ObjectStore): Promise<void> {
  const bytes = await store.bytes(key);
  if (bytes !== undefined) await putFile(folder, `store/${toSafePath(key)}`, bytes);
}
