/** Columns of a finished query, which the result object names but does not type. */
import { type AthenaClient, GetQueryResultsCommand } from '@aws-sdk/client-athena';
import type { QueryColumn } from '../core/query-rows.ts';
import { toAccessError } from './aws-error.ts';

const NUMBER_TYPES: ReadonlySet<string> = new Set([
  ...['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'real', 'float', 'double'],
]);

/** Reads one row of the result: with it come the columns. */
export async function readQueryColumns(client: AthenaClient, queryId: string): Promise<QueryColumn[]> {
  try {
    const call = new GetQueryResultsCommand({ QueryExecutionId: queryId, MaxResults: 1 });
    const { ResultSet } = await client.send(call);
    return (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => {
      const base = Type.replace(/\(.*/, '');
      return { name: Name, kind: NUMBER_TYPES.has(base) ? 'number' : base === 'boolean' ? 'boolean' : 'text' };
    });
  } catch (error) {
    throw toAccessError(error);
  }
}
