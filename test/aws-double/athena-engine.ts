/**
 * One query, really executed: DuckDB over the objects of the double's S3, through its Glue tables. First the statement is planned
 * over empty stand-ins, one for each partition (or object): those that the optimizer leaves in the plan are what Athena reads, and
 * bills. Then it runs over these alone.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueryFailed } from '../../src/core/errors.ts';
import type { QueryRow } from '../../src/core/query-rows.ts';
import { type DuckdbEngine, openDuckdb } from '../../src/local/duckdb.ts';
import { type FilesContext, findFiles, type Split, type TableFiles } from './athena-files.ts';
import { emptyRelation, readSplit, withPartition } from './athena-reader.ts';
import { findNames, QueryError, quoteName } from './athena-sql.ts';
import type { GlueTable } from './glue-catalog.ts';

export type ResultColumn = { readonly name: string; readonly type: string };

export type QueryResult = {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly QueryRow[];
  readonly scannedBytes: number;
};

/** Called with the bytes that the query is going to read; may refuse. */
export type OnPlanned = (scannedBytes: number) => void;

/** What a query names: tables with their files, and views by the order in which they are made. */
type Named = { readonly tables: Map<string, GlueTable>; readonly views: Map<string, string>; readonly texts: string[] };

/** Values that no query names: where a scan keeps one, it does not say which partitions it wants. */
const SENTINEL = '\uffff';
const TYPE_NAMES: Readonly<Record<string, string>> = {
  HUGEINT: 'decimal(38,0)',
  FLOAT: 'real',
  'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
};
/** What DuckDB calls or answers otherwise: without a match there is NULL, not an empty text. */
const FUNCTIONS = `
  CREATE OR REPLACE MACRO regexp_extract(a, b, g := 0) AS
    CASE WHEN regexp_matches(a, b) THEN system.main.regexp_extract(a, b, g) END;
  CREATE OR REPLACE MACRO regexp_like(a, b) AS regexp_matches(a, b)`;
/** Athena cannot tell by a function of the path which objects it need not read; DuckDB could, if it were to see through it. */
const OPAQUE_FUNCTIONS = `
  CREATE OR REPLACE MACRO regexp_extract(a, b, g := 0) AS CASE WHEN random() < 2 THEN a ELSE b END;
  CREATE OR REPLACE MACRO regexp_like(a, b) AS random() < 2`;

export async function runQuery(
  sql: string,
  context: FilesContext,
  onPlanned: OnPlanned,
  signal: AbortSignal,
): Promise<QueryResult> {
  return withEngine(async (engine) => {
    const named = collect(sql, context);
    const text = [sql, ...named.texts].join('\n');
    const byObject = text.includes('"$path"');
    const files = [...named.tables.values()].map((table) => findFiles(table, text, byObject, context));
    const { chosen, scannedBytes } = await plan(engine, sql, files, named, byObject);
    onPlanned(scannedBytes);
    await openTables(engine, files, chosen, byObject);
    await createViews(engine, named.views);
    const columns = await describe(engine, sql);
    const rows: QueryRow[] = [];
    signal.throwIfAborted();
    for await (const row of (await engine.query({ sql, values: [] }, signal)).rows) rows.push(row);
    return { columns, rows, scannedBytes };
  }, context.database);
}

/** Columns of a view to be; a statement that cannot be planned is refused. */
export async function describeQuery(sql: string, context: FilesContext): Promise<readonly ResultColumn[]> {
  return withEngine(async (engine) => {
    const named = collect(sql, context);
    for (const table of named.tables.values()) {
      await createTable(engine, table, [], [sql, ...named.texts].join('\n').includes('"$path"'));
    }
    await createViews(engine, named.views);
    return describe(engine, sql);
  }, context.database);
}

async function withEngine<T>(use: (engine: DuckdbEngine) => Promise<T>, database: string): Promise<T> {
  const engine = await openDuckdb({ memoryLimit: '1GB' });
  try {
    await engine.run(
      `CREATE SCHEMA ${quoteName(database)}; SET search_path = '${database.replaceAll("'", "''")},main'`,
    );
    await engine.run(FUNCTIONS);
    return await use(engine);
  } catch (error) {
    if (!(error instanceof QueryFailed)) throw error;
    throw new QueryError(`GENERIC_USER_ERROR: ${error.message}`);
  } finally {
    await engine.close();
  }
}

/** Tables and views that the text names, views before those that use them. */
function collect(sql: string, { catalog, database }: FilesContext): Named {
  const named: Named = { tables: new Map(), views: new Map(), texts: [] };
  const visit = (text: string): void => {
    for (const { name, database: other } of findNames(text)) {
      const table = catalog.findTable(database, name);
      if (table === undefined || named.tables.has(name) || named.views.has(name)) continue;
      if (other !== undefined && other !== database && catalog.hasDatabase(other)) {
        throw new QueryError(`NOT_SUPPORTED: the double queries one database at a time, not ${other} too`);
      }
      if (table.TableType !== 'VIRTUAL_VIEW') named.tables.set(name, table);
      else {
        const body = readView(table);
        visit(body);
        named.views.set(name, body);
        named.texts.push(body);
      }
    }
  };
  visit(sql);
  return named;
}

/** As Athena keeps views in the catalogue. */
export function writeView(sql: string, columns: readonly ResultColumn[], database: string): string {
  const view = { originalSql: sql, catalog: 'awsdatacatalog', schema: database, columns };
  return `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;
}

function readView({ Name, ViewOriginalText = '' }: GlueTable): string {
  const encoded = /^\/\* Presto View: ([\w+/=]+) \*\/$/.exec(ViewOriginalText)?.[1];
  if (encoded === undefined) throw new QueryError(`INVALID_VIEW: ${Name} is no view of Athena`);
  return (JSON.parse(Buffer.from(encoded, 'base64').toString()) as { originalSql: string }).originalSql;
}

async function createViews(engine: DuckdbEngine, views: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, body] of views) await engine.run(`CREATE OR REPLACE VIEW ${quoteName(name)} AS ${body}`);
}

/** Stand-ins for partitions that must not be read: near each value that the query names, so that a range meets one too. */
function sentinelsOf({ table, injected, candidates }: TableFiles): (string | undefined)[][] {
  if (injected.length === 0) return [];
  const keys = (table.PartitionKeys ?? []).map(({ Name = '' }) => Name);
  return [SENTINEL, ...candidates.map((candidate) => `${candidate}${SENTINEL}`)].map((value) =>
    keys.map((key) => (injected.includes(key) ? value : undefined)),
  );
}

type Planned = { readonly chosen: ReadonlySet<Split>; readonly scannedBytes: number };

async function plan(
  engine: DuckdbEngine,
  sql: string,
  files: readonly TableFiles[],
  named: Named,
  byObject: boolean,
): Promise<Planned> {
  const standIns: { split: Split | undefined; file: TableFiles }[] = [];
  for (const file of files) {
    const { table } = file;
    const standIn = async (split: Split | undefined, values: readonly (string | undefined)[]): Promise<string> => {
      const name = `stand_in_${standIns.push({ split, file }) - 1}`;
      await engine.run(`CREATE TABLE ${name} AS ${emptyRelation(table)}`);
      return withPartition(name, table, values, byObject ? (split?.objects[0] ?? 'any') : undefined);
    };
    const branches: string[] = [];
    for (const split of file.splits) branches.push(await standIn(split, split.values));
    for (const values of sentinelsOf(file)) branches.push(await standIn(undefined, values));
    await createTable(engine, table, branches, byObject);
  }
  await createViews(engine, named.views);
  // Numbers of rows are not known to the planner of Athena, so it must not see that the stand-ins have none.
  await engine.run(`SET disabled_optimizers = 'statistics_propagation'; ${OPAQUE_FUNCTIONS}`);
  const scans = await scannedTables(engine, sql);
  await engine.run(`SET disabled_optimizers = ''; ${FUNCTIONS}`);
  const met = scans.map((i) => standIns[i]!);
  const unnamed = met.find(({ split }) => split === undefined)?.file;
  if (unnamed !== undefined) {
    throw new QueryError(
      `CONSTRAINT_VIOLATION: For the injected projected partition column ${unnamed.injected.join(', ')}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
    );
  }
  const scannedBytes = met.reduce((sum, { split }) => sum + bytesOf(split!), 0);
  return { chosen: new Set(met.map(({ split }) => split!)), scannedBytes };
}

function bytesOf({ objects }: Split): number {
  return objects.reduce((sum, { object }) => sum + object.size, 0);
}

/** Numbers of the stand-ins that stay in the plan, each as often as it is read. */
async function scannedTables(engine: DuckdbEngine, sql: string): Promise<number[]> {
  let text = '';
  for await (const row of (await engine.query({ sql: `EXPLAIN (FORMAT json) ${sql}`, values: [] })).rows)
    text += row.join('\n');
  return [...text.matchAll(/"Table": "[^"]*stand_in_(\d+)"/g)].map(([, number]) => Number(number));
}

async function openTables(
  engine: DuckdbEngine,
  files: readonly TableFiles[],
  chosen: ReadonlySet<Split>,
  byObject: boolean,
): Promise<void> {
  const folder = join(engine.tempDirectory, 'unpacked');
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    const branches: string[] = [];
    for (const split of file.splits.filter((one) => chosen.has(one))) {
      const url = byObject ? split.objects[0]! : undefined;
      branches.push(withPartition(await readSplit(file, split, folder), file.table, split.values, url));
    }
    await createTable(engine, file.table, branches, byObject);
  }
}

async function createTable(
  engine: DuckdbEngine,
  table: GlueTable,
  branches: readonly string[],
  byObject: boolean,
): Promise<void> {
  const nothing = withPartition(`(${emptyRelation(table)})`, table, [], byObject ? 'any' : undefined);
  await engine.run(`CREATE OR REPLACE VIEW ${quoteName(table.Name)} AS ${branches.join(' UNION ALL ') || nothing}`);
}

async function describe(engine: DuckdbEngine, sql: string): Promise<ResultColumn[]> {
  const columns: ResultColumn[] = [];
  for await (const [name, type] of (await engine.query({ sql: `DESCRIBE ${sql}`, values: [] })).rows) {
    columns.push({ name: name!.toLowerCase(), type: TYPE_NAMES[type!] ?? type!.toLowerCase() });
  }
  return columns;
}
