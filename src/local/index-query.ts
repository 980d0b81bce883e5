/** A query of the catalogue over the address index in the home. */
import { existsSync } from 'node:fs';
import { QueryFailed, UsageError } from '../core/errors.ts';
import { type BoundQuery, bindQuery, type QueryDefinition } from '../core/query.ts';
import type { QueryRow, QueryRows } from '../core/query-rows.ts';
import { createAddressTable, type DaySpan, findAddressFiles } from './address-table.ts';
import type { DuckdbEngine } from './duckdb.ts';
import { createViews } from './sql-files.ts';

export type IndexRequest = {
  readonly logs: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly home: string;
  readonly signal?: AbortSignal;
};

/** Another run may replace files while they are read; twice in a row it does not. */
const MOST_TRIES = 4;

/** Runs the query over the days that it names. Nothing comes back where the home has no index. */
export async function runOverIndex(
  definition: QueryDefinition,
  { logs, parameters, home, signal }: IndexRequest,
  engine: DuckdbEngine,
  note: (line: string) => void,
): Promise<QueryRows | undefined> {
  const statement = bindQuery(definition, parameters);
  if (logs.length > 0) {
    throw new UsageError(
      `${definition.name} reads the address index in the home, no logs. Leave ${logs[0]} out; sweep it first.`,
    );
  }
  const days = toDays(definition, parameters);
  for (let tries = 1; ; tries++) {
    const files = await findAddressFiles(home, days);
    if (files === undefined) {
      note(`no address index in ${home}: nothing was swept into it yet.`);
      return undefined;
    }
    try {
      const rows = await open(statement, files.whole, engine, signal);
      const [whole, damaged] = [files.whole, files.damaged].map(({ length }) => length.toLocaleString('en-US'));
      note(`files of the address index: ${whole} read, ${damaged} damaged`);
      return rows;
    } catch (error) {
      const isChanged = error instanceof QueryFailed && !files.whole.every((path) => existsSync(path));
      if (!isChanged || tries === MOST_TRIES) throw error;
    }
  }
}

/** The rows, once the first is there: by then an answer that is grouped and sorted has read all its files. */
async function open(
  statement: BoundQuery,
  files: readonly string[],
  engine: DuckdbEngine,
  signal?: AbortSignal,
): Promise<QueryRows> {
  await createAddressTable(engine, files);
  await createViews(engine, ['address_index']);
  const { columns, rows } = await engine.query(statement, signal);
  const iterator = rows[Symbol.asyncIterator]();
  const first = await iterator.next();
  return { columns, rows: resume(first, iterator) };
}

async function* resume(first: IteratorResult<QueryRow>, rows: AsyncIterator<QueryRow>): AsyncGenerator<QueryRow> {
  for (let step = first; !step.done; step = await rows.next()) yield step.value;
}

function toDays({ parameters: declared }: QueryDefinition, given: Readonly<Record<string, string>>): DaySpan {
  const read = (name: string) =>
    (given[name] ?? declared.find((parameter) => parameter.name === name)?.defaultText ?? '').replaceAll('/', '-');
  return { from: read('date_from'), to: read('date_to') };
}
