/** One query execution: queued, run, its result written to S3 as Athena writes it. */
import type { QueryRow } from '../../src/core/query-rows.ts';
import { describeQuery, type QueryResult, type ResultColumn, runQuery, writeView } from './athena-engine.ts';
import type { FilesContext } from './athena-files.ts';
import { bindParameters, parseStatement, QueryError, type Statement } from './athena-sql.ts';
import { AwsError } from './aws-error.ts';

export type QueryState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export type QueryExecution = {
  readonly id: string;
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly database: string;
  readonly workGroup: string;
  /** Of the result object. */
  readonly outputLocation: string;
  readonly submitted: Date;
  state: QueryState;
  kind: 'DML' | 'DDL';
  reason?: string;
  completed?: Date;
  scannedBytes: number;
  columns: readonly ResultColumn[];
  rows: readonly QueryRow[];
  stop(): void;
  /** Settles when the query has ended, however. */
  ended: Promise<void>;
};

export type RunOptions = {
  readonly context: FilesContext;
  /** The work group's limit; a query that would read more is cancelled. */
  readonly cutoff: number | undefined;
};

/** Runs the query in the background. */
export function startQuery(
  query: Pick<QueryExecution, 'id' | 'sql' | 'parameters' | 'database' | 'workGroup' | 'outputLocation'>,
  options: RunOptions,
): QueryExecution {
  const stopping = new AbortController();
  const execution: QueryExecution = {
    ...{ ...query, submitted: new Date(), state: 'QUEUED', kind: 'DML', scannedBytes: 0, columns: [], rows: [] },
    stop: () => {
      if (isOver(execution)) return;
      end(execution, 'CANCELLED', 'Query cancelled by user');
      stopping.abort();
    },
    ended: Promise.resolve(),
  };
  execution.ended = run(execution, options, stopping.signal);
  return execution;
}

async function run(execution: QueryExecution, options: RunOptions, signal: AbortSignal): Promise<void> {
  // A caller sees the query queued at least once.
  await new Promise(setImmediate);
  if (isOver(execution)) return;
  execution.state = 'RUNNING';
  try {
    const statement = parseStatement(bindParameters(execution.sql, execution.parameters));
    if (statement.kind === 'view') await createView(execution, statement, options.context);
    else await select(execution, statement.sql, options, signal);
    if (!isOver(execution)) end(execution, 'SUCCEEDED');
  } catch (error) {
    if (isOver(execution)) return;
    const isKnown = error instanceof QueryError || error instanceof AwsError;
    end(
      execution,
      error instanceof Cutoff ? 'CANCELLED' : 'FAILED',
      isKnown ? error.message : String((error as Error).stack),
    );
  }
}

class Cutoff extends QueryError {}

async function select(
  execution: QueryExecution,
  sql: string,
  { context, cutoff }: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  const onPlanned = (bytes: number): void => {
    execution.scannedBytes = bytes;
    if (cutoff !== undefined && bytes > cutoff) throw new Cutoff('Bytes scanned limit was exceeded');
  };
  const result = await runQuery(sql, context, onPlanned, signal);
  if (isOver(execution)) return;
  Object.assign(execution, { columns: result.columns, rows: result.rows });
  await writeResult(execution.outputLocation, toCsv(result), context);
  await writeResult(`${execution.outputLocation}.metadata`, 'columns, in a form of its own', context);
}

async function createView(
  execution: QueryExecution,
  statement: Extract<Statement, { kind: 'view' }>,
  context: FilesContext,
): Promise<void> {
  execution.kind = 'DDL';
  const { catalog } = context;
  const database = statement.database ?? execution.database;
  const { name, body, replace } = statement;
  const existing = catalog.findTable(database, name);
  if (existing !== undefined && existing.TableType !== 'VIRTUAL_VIEW')
    throw new QueryError(`TABLE_ALREADY_EXISTS: Table already exists: '${database}.${name}'`);
  if (existing !== undefined && !replace)
    throw new QueryError(`ALREADY_EXISTS: View already exists: '${database}.${name}'`);
  const columns = await describeQuery(body, { ...context, database });
  const input = {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    StorageDescriptor: { Columns: columns.map((column) => ({ Name: column.name, Type: column.type })) },
    ViewOriginalText: writeView(body, columns, database),
    ViewExpandedText: '/* Presto View */',
  };
  if (existing === undefined) catalog.createTable(database, input);
  else catalog.updateTable(database, input);
  await writeResult(execution.outputLocation, '', context);
}

async function writeResult(location: string, content: string, { storage }: FilesContext): Promise<void> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location)!;
  await storage.put(bucket!, key!, content);
}

/** Every value in quotes, NULL as nothing at all. */
function toCsv({ columns, rows }: QueryResult): string {
  const line = (values: readonly (string | null)[]) =>
    `${values.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
  return [columns.map(({ name }) => name), ...rows].map(line).join('');
}

function end(execution: QueryExecution, state: QueryState, reason?: string): void {
  Object.assign(execution, { state, completed: new Date() }, reason === undefined ? {} : { reason });
}

export function isOver({ state }: Pick<QueryExecution, 'state'>): boolean {
  return state !== 'QUEUED' && state !== 'RUNNING';
}
