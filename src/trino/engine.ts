/** The query engine of people who run Trino themselves: the same texts, the same bound values, the same rows as text. */
import { QueryFailed } from '../core/errors.ts';
import type { BoundQuery } from '../core/query.ts';
import type { QueryColumn, QueryRow, QueryRows } from '../core/query-rows.ts';
import { toLiteral } from '../tasks/bind-query.ts';
import { type TrinoSettings, toConnection } from './connection.ts';
import { type Page, runStatement } from './pages.ts';

/** Rows, and how many bytes of the objects were read for them so far. */
export type TrinoRows = QueryRows & { bytesRead(): bigint };

export type TrinoEngine = {
  /** Runs a query; rows arrive as they are read. A reader that stops early, or an abort, ends it on the server. */
  query(statement: BoundQuery, signal?: AbortSignal): Promise<TrinoRows>;
};

const NUMBER_TYPES: ReadonlySet<string> = new Set([
  ...['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'real', 'double'],
]);

/** Speaks to the Trino of the settings; nothing is sent before the first query. */
export function openTrino(settings: TrinoSettings): TrinoEngine {
  const connection = toConnection(settings);
  return {
    async query(statement, signal) {
      let bytes = 0n;
      const pages = countBytes(runStatement(connection, toStatement(statement), signal), (read) => {
        bytes = read;
      });
      const early: Page[] = [];
      for (let step = await pages.next(); !step.done; step = await pages.next()) {
        early.push(step.value);
        if (step.value.columns !== undefined) break;
      }
      const columns = (early.at(-1)?.columns ?? []).map(toColumn);
      return { columns, rows: readRows(early, pages), bytesRead: () => bytes };
    },
  };
}

async function* countBytes(pages: AsyncIterable<Page>, count: (bytes: bigint) => void): AsyncGenerator<Page> {
  for await (const page of pages) {
    count(BigInt(page.stats.physicalInputBytes ?? 0));
    yield page;
  }
}

async function* readRows(early: readonly Page[], pages: AsyncGenerator<Page>): AsyncGenerator<QueryRow> {
  try {
    for (const page of early) yield* (page.data ?? []).map(toRow);
    for await (const page of pages) yield* (page.data ?? []).map(toRow);
  } finally {
    await pages.return(undefined);
  }
}

/** Values go as literals of USING, never into the text. */
function toStatement({ sql, values }: BoundQuery): string {
  if (values.length === 0) return sql;
  return `EXECUTE IMMEDIATE ${toLiteral(sql)} USING ${values.map(toLiteral).join(', ')}`;
}

function toColumn({ name, type }: { readonly name: string; readonly type: string }): QueryColumn {
  const base = type.replace(/\(.*/, '');
  return { name, kind: NUMBER_TYPES.has(base) ? 'number' : base === 'boolean' ? 'boolean' : 'text' };
}

function toRow(values: readonly unknown[]): QueryRow {
  return values.map((value) => {
    if (value === null || typeof value === 'string') return value;
    if (typeof value === 'boolean') return String(value);
    throw new QueryFailed('The query failed in Trino: a column is neither text nor number; select its parts.');
  });
}
