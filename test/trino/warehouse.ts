/** A bucket and a database of one test file: objects as AWS lays them down, tables and views as the product makes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AthenaClient } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, CreateTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openGlueCatalog } from '../../src/aws/glue-catalog.ts';
import type { Projection } from '../../src/aws/glue-table.ts';
import { writeRows } from '../../src/cli/rows.ts';
import { parseHeader } from '../../src/core/flow-format.ts';
import { FLOW_RECORDS_VIEWS, flowRecordsViews, type ViewTexts } from '../../src/core/flow-records-view.ts';
import { parseKey } from '../../src/core/log-object.ts';
import { type LogTable, type PartitionLocation, toLogTable, toTablePlace } from '../../src/core/log-table.ts';
import { type BoundQuery, bindQuery } from '../../src/core/query.ts';
import type { QueryRows } from '../../src/core/query-rows.ts';
import { readCatalogue } from '../../src/local/sql-files.ts';
import { openTrino } from '../../src/trino/engine.ts';
import { toTableInput } from './hive-ddl.ts';
import type { Servers } from './server.ts';

export type Warehouse = Awaited<ReturnType<typeof openWarehouse>>;

/** A log table with what was found for it. */
type Ingested = { table: LogTable; flowLogIds: string[]; partitions: PartitionLocation[] };

const SQL = new URL('../../sql/', import.meta.url);

export function readSql(path: string): string {
  return readFileSync(new URL(path, SQL), 'utf8');
}

/** The views as they are made in the cloud. */
export const VIEW_TEXTS = Object.fromEntries(
  FLOW_RECORDS_VIEWS.map((name) => [name, readSql(`views/${name}.sql`)]),
) as ViewTexts;

/** Lines of the CSV that the product writes, header first. */
export async function toCsv(rows: QueryRows): Promise<string[]> {
  let text = '';
  const write = async (part: string): Promise<void> => {
    text += part;
  };
  await writeRows(rows, 'csv', { write, say: () => {} });
  return text.split('\n').slice(0, -1);
}

/** A database as a new stack has it, and a bucket for everything. */
export async function openWarehouse({ trinoUrl, awsUrl }: Servers, database: string) {
  const aws = {
    endpoint: awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const s3 = new S3Client({ ...aws, forcePathStyle: true });
  const glue = new GlueClient(aws);
  const athena = new AthenaClient(aws);
  const bucket = database.replaceAll('_', '-');
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const engine = openTrino({ url: trinoUrl, user: 'test', catalog: 'awsdatacatalog', schema: database });
  const definitions = new Map((await readCatalogue()).map((definition) => [definition.name, definition]));
  const objects = new Map<string, Uint8Array>();

  const put = async (key: string, body: Uint8Array | string): Promise<string> => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) }));
    objects.set(`s3://${bucket}/${key}`, Buffer.from(body));
    return `s3://${bucket}/${key}`;
  };
  /** Makes a table of a file of `sql/tables`. */
  const createTable = async (name: string, places: Readonly<Record<string, string>>): Promise<void> => {
    const input = toTableInput(readSql(`tables/${name}.sql`), places);
    await glue.send(new CreateTableCommand({ DatabaseName: database, TableInput: input }));
  };
  // What the stack has from the beginning; each is empty until something is put there.
  for (const [name, prefix] of [
    ['incident_iocs', 'iocs/'],
    ['vpc_flow_logs', 'json/'],
    ['evidence', ''],
    ['indicator_addresses', ''],
    ['address_index', ''],
  ] as const)
    await createTable(name, { bucket, prefix, state_location: `s3://${bucket}/state`, first_date: '2026-08-01' });
  const run = async (statement: BoundQuery): Promise<{ lines: string[]; bytes: number }> => {
    const result = await engine.query(statement);
    return { lines: await toCsv(result), bytes: Number(result.bytesRead()) };
  };
  const bind = (name: string, parameters: Readonly<Record<string, string>>): BoundQuery =>
    bindQuery(definitions.get(name)!, parameters);

  return {
    bucket,
    engine,
    put,
    /** A query's CSV, header first, and the bytes it read. */
    run,
    bind,
    /** A query of the catalogue. */
    ask: (name: string, parameters: Readonly<Record<string, string>> = {}) => run(bind(name, parameters)),
    /** Every file of the folder, under the same names. */
    async putFolder(folder: string, prefix = ''): Promise<void> {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile()) await put(`${prefix}${relative(folder, path)}`, readFileSync(path));
      }
    },
    /** Bytes of the objects whose keys hold all of the parts. */
    sizeOf(...parts: readonly string[]): number {
      const keys = [...objects.keys()].filter((key) => parts.every((part) => key.includes(part)));
      return keys.reduce((sum, key) => sum + objects.get(key)!.length, 0);
    },
    createTable,
    /** Tables, partitions and views for the log objects in the bucket; returns the tables' names by flow-log id. */
    async ingest(projection?: Projection): Promise<ReadonlyMap<string, string>> {
      const settings = { workGroup: 'none', database, ...(projection === undefined ? {} : { projection }) };
      const catalog = openGlueCatalog({ glue, athena }, settings);
      const tables = findTables(objects);
      for (const { table, partitions } of tables) {
        await catalog.ensureTable(table);
        const conflicts = await catalog.addPartitions(table.name, partitions);
        if (conflicts.length > 0) throw new Error(JSON.stringify(conflicts));
      }
      for (const { sql } of flowRecordsViews(tables, VIEW_TEXTS)) await run({ sql, values: [] });
      return new Map(tables.flatMap(({ table, flowLogIds }) => flowLogIds.map((id) => [id, table.name] as const)));
    },
    async close(): Promise<void> {
      for (const client of [s3, glue, athena]) client.destroy();
    },
  };
}

function findTables(objects: ReadonlyMap<string, Uint8Array>): Ingested[] {
  const tables = new Map<string, Ingested>();
  for (const [key, bytes] of objects) {
    const outcome = parseKey(key);
    if (!('logObject' in outcome) || outcome.logObject.flowLogId === undefined) continue;
    const { flowLogId, date, region, accountId } = outcome.logObject;
    const { root, dayFolder } = toTablePlace(key)!;
    const header = gunzipSync(bytes).toString().split('\n', 1)[0]!;
    const table = toLogTable(root, parseHeader(header)!);
    const ingested = tables.get(table.name) ?? { table, flowLogIds: [], partitions: [] };
    if (!ingested.flowLogIds.includes(flowLogId)) ingested.flowLogIds.push(flowLogId);
    ingested.partitions.push({ date: date.replaceAll('-', '/'), region, accountId, location: dayFolder });
    tables.set(table.name, ingested);
  }
  return [...tables.values()];
}
