/** BindMatch: evidence of a chunk → the match query over it. Built inside its own Map iteration, so states stay small. */
import type { EvidenceRef } from '../core/execution.ts';
import { type BoundQuery, bindQuery, type QueryDefinition } from '../core/query.ts';

/** What a query state takes. Parameters are SQL literals in the order of the text's `?`, as Athena wants them. */
export type QueryInput = { readonly queryString: string; readonly parameters: readonly string[] };

export function bindMatch(evidence: EvidenceRef, definition: QueryDefinition): QueryInput {
  return toQueryInput(bindQuery(definition, { batch: evidence.batch, chunk: String(evidence.chunk) }));
}

export function toQueryInput({ sql, values }: BoundQuery): QueryInput {
  return { queryString: sql, parameters: values.map(toLiteral) };
}

function toLiteral(value: string | bigint): string {
  return typeof value === 'bigint' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
