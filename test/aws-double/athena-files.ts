/** A table of the catalogue → the objects that Athena would read for it, partition by partition. */
import { injectedColumns, isProjected, projectPartitions } from './athena-projection.ts';
import { QueryError, tokenize } from './athena-sql.ts';
import type { GlueCatalog, GlueTable } from './glue-catalog.ts';
import type { S3Storage, StoredObject } from './s3-storage.ts';

/** Objects that lie in one partition, or one of them alone where the query tells objects apart. */
export type Split = {
  readonly values: readonly string[];
  readonly objects: readonly { readonly url: string; readonly object: StoredObject }[];
};

export type TableFiles = {
  readonly table: GlueTable;
  readonly splits: readonly Split[];
  /** Columns that a query must name by an equality. */
  readonly injected: readonly string[];
  /** Values that the query may mean for them. */
  readonly candidates: readonly string[];
};

export type FilesContext = {
  readonly storage: S3Storage;
  readonly catalog: GlueCatalog;
  readonly database: string;
  readonly now: Date;
};

/** `sql` is everything that the query says, views included; `byObject` splits partitions into their objects. */
export function findFiles(table: GlueTable, sql: string, byObject: boolean, context: FilesContext): TableFiles {
  const injected = isProjected(table) ? injectedColumns(table) : [];
  const candidates = injected.length === 0 ? [] : literalsOf(sql);
  const partitions = partitionsOf(table, injected, candidates, context);
  const splits = partitions.flatMap(({ values, location }) => {
    const objects = objectsAt(location, context.storage);
    if (objects.length === 0) return [];
    return byObject ? objects.map((object) => ({ values, objects: [object] })) : [{ values, objects }];
  });
  return { table, splits, injected, candidates };
}

type Partition = { readonly values: readonly string[]; readonly location: string };

function partitionsOf(
  table: GlueTable,
  injected: readonly string[],
  candidates: readonly string[],
  { storage, catalog, database, now }: FilesContext,
): Partition[] {
  if (isProjected(table)) {
    // What is registered is passed over. Which of the candidates each scan takes, the planner finds out.
    const all = projectPartitions(table, new Map(injected.map((column) => [column, candidates])), now);
    const folders = foldersOf(all, storage);
    return all.filter(({ location }) => folders.has(location.replace(/\/?$/, '/')));
  }
  if ((table.PartitionKeys ?? []).length === 0) {
    return [{ values: [], location: table.StorageDescriptor?.Location ?? '' }];
  }
  return catalog.partitions(database, table.Name).map(({ Values, StorageDescriptor }) => {
    checkPartition(table, StorageDescriptor);
    return { values: Values, location: StorageDescriptor?.Location ?? '' };
  });
}

/** Every folder with an object in it, of the buckets that the partitions are in. */
function foldersOf(partitions: readonly Partition[], storage: S3Storage): Set<string> {
  const buckets = new Set(partitions.map(({ location }) => /^s3:\/\/([^/]+)\//.exec(location)?.[1] ?? ''));
  const folders = new Set<string>();
  for (const bucket of buckets) {
    for (const key of storage.bucket(bucket).objects.keys()) {
      for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) {
        folders.add(`s3://${bucket}/${key.slice(0, end + 1)}`);
      }
    }
  }
  return folders;
}

/** Athena reads a partition by the partition's own description, not by the table's. */
function checkPartition(table: GlueTable, storage: GlueTable['StorageDescriptor']): void {
  if (storage?.InputFormat === undefined || storage.SerdeInfo?.SerializationLibrary === undefined) {
    throw new QueryError(
      `HIVE_UNSUPPORTED_FORMAT: a partition of ${table.Name} has no input format or SerDe of its own`,
    );
  }
  const types = (columns: NonNullable<typeof storage>['Columns']) =>
    JSON.stringify(columns?.map(({ Name, Type }) => [Name, Type]));
  if (types(storage.Columns) === types(table.StorageDescriptor?.Columns)) return;
  throw new QueryError(
    `HIVE_PARTITION_SCHEMA_MISMATCH: the columns of a partition of ${table.Name} are not those of the table`,
  );
}

function literalsOf(sql: string): string[] {
  const texts = tokenize(sql).filter((token) => /^'/.test(token) || /^\d+$/.test(token));
  const values = texts.map((token) => (token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : token));
  return [...new Set(values)].filter((value) => value !== '');
}

/** Everything below the folder; names that begin with `_` or `.` are hidden from queries. */
function objectsAt(location: string, storage: S3Storage): { url: string; object: StoredObject }[] {
  const place = /^s3:\/\/([^/]+)\/(.*)$/.exec(location);
  if (place === null) throw new QueryError(`HIVE_METASTORE_ERROR: the location '${location}' is no S3 URL`);
  const [, bucketName, path] = place as unknown as [string, string, string];
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const bucket = storage.bucket(bucketName);
  return storage.keys(bucketName, prefix).flatMap((key) => {
    const isHidden = key
      .slice(prefix.length)
      .split('/')
      .some((part) => /^[_.]/.test(part));
    const object = bucket.objects.get(key)!;
    return isHidden || object.size === 0 ? [] : [{ url: `s3://${bucketName}/${key}`, object }];
  });
}
