/**
 * The query engine of one machine: an in-memory DuckDB that speaks Athena's dialect. Results are streamed as text, as Athena
 * gives them, so that no number loses digits and no result has to fit into memory.
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BIGINT,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import { QueryFailed } from '../core/errors.ts';
import type { BoundQuery } from '../core/query.ts';
import type { QueryColumn, QueryRow, QueryRows } from '../core/query-rows.ts';

export type DuckdbOptions = {
  /** DuckDB's own budget; what does not fit is spilled. Readers and Node come on top: see docs/decisions.md. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Where spilled data and copies of damaged objects go; a folder of its own is made in it and removed by `close`. */
  readonly tempParent?: string;
};

export type DuckdbEngine = {
  /** Folder for temporary files, removed by `close`. */
  readonly tempDirectory: string;
  /** Runs statements for their effect. */
  run(sql: string, values?: BoundQuery['values']): Promise<void>;
  /** Goes on with as many threads as an engine has that was opened without a number of them. */
  useAllThreads(): Promise<void>;
  /** Sets a session variable that statements read with getvariable(). */
  setVariable(name: string, values: readonly string[]): Promise<void>;
  /** Runs a query; rows arrive as they are read. Only one query is open at a time. */
  query(statement: BoundQuery, signal?: AbortSignal): Promise<QueryRows>;
  close(): Promise<void>;
};

/** Sorting a whole table takes about 100 MB a thread before it spills: four threads ran out of the default budget, two do not. */
const MOST_THREADS = 2;
const DIALECT = new URL('../../sql/dialect/duckdb.sql', import.meta.url);
const NUMBER_TYPES: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.DECIMAL,
  DuckDBTypeId.DOUBLE,
]);

/** Opens an engine with the dialect loaded. */
export async function openDuckdb(options: DuckdbOptions = {}): Promise<DuckdbEngine> {
  const parent = options.tempParent ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const tempDirectory = await mkdtemp(join(parent, 'flowhound-query-'));
  // A reader that closes the pipe ends the process at once, before any `finally`.
  const removeTemp = (): void => rmSync(tempDirectory, { recursive: true, force: true });
  process.once('exit', removeTemp);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit ?? '256MB',
    threads: String(options.threads ?? allThreads()),
    temp_directory: join(tempDirectory, 'spill'),
  });
  const connection = await instance.connect();
  const engine: DuckdbEngine = {
    tempDirectory,
    run: (sql, values = []) => runStatement(connection, sql, values),
    useAllThreads: () => runStatement(connection, `SET threads = ${allThreads()}`, []),
    setVariable: (name, values) => setVariable(connection, name, values),
    query: (statement, signal) => openQuery(connection, statement, signal),
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      process.off('exit', removeTemp);
      await rm(tempDirectory, { recursive: true, force: true });
    },
  };
  await engine.run(await readFile(DIALECT, 'utf8'));
  return engine;
}

function allThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism());
}

async function runStatement(connection: DuckDBConnection, sql: string, values: BoundQuery['values']): Promise<void> {
  try {
    await (values.length === 0 ? connection.run(sql) : connection.run(sql, [...values], typesOf(values)));
  } catch (cause) {
    throw toQueryFailed(cause);
  }
}

async function setVariable(connection: DuckDBConnection, name: string, values: readonly string[]): Promise<void> {
  if (!/^[a-z0-9_]+$/.test(name)) throw new QueryFailed(`"${name}" is no name for a variable.`);
  try {
    await connection.run(`SET VARIABLE ${name} = ?`, [listValue(values)], [LIST(VARCHAR)]);
  } catch (cause) {
    throw toQueryFailed(cause);
  }
}

async function openQuery(
  connection: DuckDBConnection,
  statement: BoundQuery,
  signal?: AbortSignal,
): Promise<QueryRows> {
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const result = await connection.stream(statement.sql, [...statement.values], typesOf(statement.values));
    const columns = result.columnNames().map((name, i) => ({ name, kind: kindOf(result.columnTypeId(i)) }));
    return { columns, rows: readRows(result, () => signal?.removeEventListener('abort', interrupt)) };
  } catch (cause) {
    signal?.removeEventListener('abort', interrupt);
    throw toQueryFailed(cause);
  }
}

async function* readRows(result: DuckDBResult, done: () => void): AsyncGenerator<QueryRow> {
  try {
    for await (const rows of result.yieldRows()) {
      for (const row of rows) yield row.map(toText);
    }
  } catch (cause) {
    throw toQueryFailed(cause);
  } finally {
    done();
  }
}

function toText(value: DuckDBValue): string | null {
  if (value === null || typeof value === 'string') return value;
  if (!(value instanceof DuckDBTimestampValue)) return String(value);
  const [seconds, fraction = ''] = value.toString().split('.');
  return `${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
}

function typesOf(values: BoundQuery['values']): DuckDBType[] {
  return values.map((value) => (typeof value === 'bigint' ? BIGINT : VARCHAR));
}

function kindOf(type: DuckDBTypeId): QueryColumn['kind'] {
  if (NUMBER_TYPES.has(type)) return 'number';
  return type === DuckDBTypeId.BOOLEAN ? 'boolean' : 'text';
}

function toQueryFailed(cause: unknown): QueryFailed {
  if (cause instanceof QueryFailed) return cause;
  const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new QueryFailed(`The query failed in DuckDB: ${reason}`, { cause });
}
