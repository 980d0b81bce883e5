/** Log objects → what the catalogue must know before it is asked about them: tables by format, partitions, the views over them. */
import { createHash } from 'node:crypto';
import type { StoredLogObject } from '../core/batch.ts';
import { flowRecordsViews, type ViewTexts } from '../core/flow-records-view.ts';
import { mapConcurrently } from '../core/limit-concurrency.ts';
import {
  type LogTable,
  type PartitionConflict,
  type PartitionLocation,
  toLogTable,
  toTablePlace,
} from '../core/log-table.ts';
import type { Catalog, LogStore, ObjectStore } from '../ports.ts';
import { type LearnedFormat, learnFormat, readFormats } from './formats.ts';

export type RegisterPorts = {
  readonly store: ObjectStore;
  readonly logs: LogStore;
  readonly catalog: Catalog;
  readonly views: ViewTexts;
  /** What this process has registered already, so that a day's hundreds of objects ask the catalogue once. */
  readonly known: Set<string>;
};

export type Registered = {
  /** Objects that no table can read: no flow-log id, no layout, or no usable header. They are scanned all the same. */
  readonly withoutTable: number;
  readonly conflicts: readonly PartitionConflict[];
  /** Objects whose registration failed, with why: trying again may help. */
  readonly failed: ReadonlyMap<string, Error>;
  /** Why the views could not be made. Nothing waits for them: the next sweep makes them. */
  readonly viewsFailure?: Error;
};

type Place = { readonly object: StoredLogObject; readonly table: LogTable; readonly partition: PartitionLocation };

/** Makes tables and partitions known, and the views anew where a format or a place of one is new. */
export async function register(objects: readonly StoredLogObject[], ports: RegisterPorts): Promise<Registered> {
  const failed = new Map<string, Error>();
  const places: Place[] = [];
  let hasNewFormat = await learnAhead(objects, ports);
  let withoutTable = 0;
  for (const object of objects) {
    try {
      const placed = await placeObject(object, ports);
      if (placed === undefined) withoutTable++;
      else {
        places.push(placed.place);
        hasNewFormat ||= placed.isNew;
      }
    } catch (error) {
      failed.set(object.key, error as Error);
    }
  }
  const conflicts: PartitionConflict[] = [];
  for (const [, own] of Map.groupBy(places, ({ table }) => table.name)) {
    try {
      conflicts.push(...(await registerPlaces(own, ports)));
    } catch (error) {
      for (const { object } of own) failed.set(object.key, error as Error);
    }
  }
  const viewsFailure = hasNewFormat ? await ensureViews(ports).catch((error: Error) => error) : undefined;
  return { withoutTable, conflicts, failed, ...(viewsFailure === undefined ? {} : { viewsFailure }) };
}

/** So many flow logs are asked at once; the first batch of an organisation may bring thousands. */
const CONCURRENCY = 16;

/** Learns the formats of flow logs several at a time, and whether one was new; what cannot be learned is told object by object. */
async function learnAhead(objects: readonly StoredLogObject[], ports: RegisterPorts): Promise<boolean> {
  const first = new Map<string, StoredLogObject>();
  for (const object of objects) {
    const key = `${object.flowLogId} ${toTablePlace(object.key)?.root}`;
    if (!first.has(key)) first.set(key, object);
  }
  const learned = await mapConcurrently(CONCURRENCY, [...first.values()], (object) =>
    placeObject(object, ports).catch(() => undefined),
  );
  return learned.some((placed) => placed?.isNew);
}

async function placeObject(
  object: StoredLogObject,
  { store, logs, known }: RegisterPorts,
): Promise<{ place: Place; isNew: boolean } | undefined> {
  const found = toTablePlace(object.key);
  if (found === undefined || object.flowLogId === undefined) return undefined;
  const { root, dayFolder } = found;
  const learned = await learnOnce(object, root, { store, logs, known });
  if (learned === undefined) return undefined;
  const { accountId, region, date } = object;
  const partition = { accountId, region, date: date.replaceAll('-', '/'), location: dayFolder };
  return { place: { object, table: toLogTable(root, learned.format), partition }, isNew: learned.isNew };
}

const formats = new WeakMap<Set<string>, Map<string, LearnedFormat>>();

async function learnOnce(
  object: StoredLogObject,
  root: string,
  { store, logs, known }: Pick<RegisterPorts, 'store' | 'logs' | 'known'>,
): Promise<{ format: LearnedFormat; isNew: boolean } | undefined> {
  const cache = formats.get(known) ?? new Map<string, LearnedFormat>();
  formats.set(known, cache);
  const cached = cache.get(`${object.flowLogId} ${root}`);
  if (cached !== undefined) return { format: cached, isNew: false };
  const learned = await learnFormat(object, root, store, logs);
  if (learned !== undefined) cache.set(`${object.flowLogId} ${root}`, learned.format);
  return learned;
}

async function registerPlaces(
  places: readonly Place[],
  { catalog, known }: RegisterPorts,
): Promise<PartitionConflict[]> {
  const { table } = places[0]!;
  await ensureTable(table, { catalog, known });
  const fresh = new Map<string, PartitionLocation>();
  for (const { partition } of places) {
    const key = `${table.name} ${partition.location}`;
    if (!known.has(key)) fresh.set(key, partition);
  }
  if (fresh.size === 0) return [];
  const conflicts = await catalog.addPartitions(table.name, [...fresh.values()]);
  const contested = new Set(conflicts.map(({ location }) => `${table.name} ${location}`));
  for (const key of fresh.keys()) if (!contested.has(key)) known.add(key);
  return [...conflicts];
}

async function ensureTable(
  table: LogTable,
  { catalog, known }: Pick<RegisterPorts, 'catalog' | 'known'>,
): Promise<void> {
  if (known.has(table.name)) return;
  await catalog.ensureTable(table);
  known.add(table.name);
}

/** Which statements the views were last made of, and how often they were made: so two makers never take it for the same. */
const VIEWS_MADE = 'formats/.views';

type Made = { readonly times: number; readonly statements: string };

/** Makes the views over all tables, unless they are made of just these; anew if another process learned a format meanwhile. */
export async function ensureViews({ store, catalog, views, known }: Omit<RegisterPorts, 'logs'>): Promise<void> {
  for (let isDisputed = false; ; ) {
    const stored = await store.read(VIEWS_MADE);
    const made: Made = stored === undefined ? { times: 0, statements: '' } : JSON.parse(stored.text);
    const tables = toTables(await readFormats(store));
    const statements = flowRecordsViews(tables, views);
    const wanted = createHash('sha256').update(JSON.stringify(statements)).digest('hex');
    if (statements.length === 0 || (made.statements === wanted && !isDisputed)) return;
    // Who learned a format may not have come to its table yet.
    for (const { table } of tables) await ensureTable(table, { catalog, known });
    for (const { name, sql } of statements) await catalog.replaceView(name, sql);
    // If another process made them meanwhile, nobody knows whose are there now.
    const text = JSON.stringify({ times: made.times + 1, statements: wanted } satisfies Made);
    isDisputed = !(await store.replace(VIEWS_MADE, text, stored?.version));
  }
}

function toTables(formats: readonly LearnedFormat[]): { table: LogTable; flowLogIds: string[] }[] {
  const tables = new Map<string, { table: LogTable; flowLogIds: string[] }>();
  for (const { flowLogId, fields, roots } of formats) {
    for (const root of roots) {
      const table = toLogTable(root, { fields });
      const entry = tables.get(table.name) ?? { table, flowLogIds: [] };
      tables.set(table.name, entry);
      entry.flowLogIds.push(flowLogId);
    }
  }
  return [...tables.values()];
}
